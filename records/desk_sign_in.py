"""The service desk's page of one customer's way into the portal: contacts, paper codes, representatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Role
from custodian import clock
from records import vault
from records.correction_forms import PaperForm
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from records.models import Contact, ContactFlag, Customer, EntryCode, Representative
from records.sign_in import contacts, entry_codes, flags, limits, marks, representing
from records.sign_in.representing import Draft, NotFit

BODY: Final = (
    *("act", "contact", "why", "reason", "seen", "letter", "row"),
    *("representative", "kind", "relation", "evidence", "until"),
)
PURPOSE: Final = "policy_service"
DOUBTS: Final[Mapping[str, Any]] = {
    "flagged": _("被标记为存疑"),
    "staff": _("与员工或代理人的联系方式相同"),
    "one-agent": _("同一代理人的其他客户也用这个联系方式"),
    "shared": _("多名互不相关的客户共用"),
    "unproven": _("由业务人员录入，客户还没有经两个渠道确认"),
}


class FlagForm(forms.Form):
    contact = forms.ChoiceField(label=_("联系方式"), choices=Contact.choices)
    why = forms.ChoiceField(label=_("原因"), choices=ContactFlag.Why.choices)
    reason = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=200,
        help_text=_("一句话即可，请勿写客户信息。加密保存，审计时可见。"),
    )


class BranchForm(forms.Form):
    seen = forms.ChoiceField(
        label=_("核验的证件"),
        choices=[each for each in EntryCode.Seen.choices if each[0] != EntryCode.Seen.LETTER],
        help_text=_("看过原件，照片与本人一致"),
    )


class RepresentativeForm(PaperForm):
    """The paper that shows it is one on file, or the one that was brought."""

    field_order = ("representative", "kind", "relation", "evidence", "paper", "until")

    representative = forms.CharField(
        label=_("代表人的客户编号"),
        max_length=20,
        help_text=_("例如 c-7K2M-41PD-9QX"),
        error_messages={"required": _("请填写代表人的客户编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("身份"), choices=Representative.Kind.choices)
    relation = forms.CharField(
        label=_("关系"), required=False, max_length=20, help_text=_("例如 父亲、配偶、经办人")
    )
    evidence = forms.ChoiceField(
        label=_("已归档的证明材料"),
        required=False,
        error_messages={
            "invalid_choice": _("请选择已归档的证明材料"),
        },
    )
    until = forms.DateField(
        label=_("至"),
        required=False,
        help_text=_("例如 2026-12-01；监护人到孩子年满 18 岁为止，不用填"),
        error_messages={"invalid": _("日期无法识别，请写成 2026-12-01")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, needed=False, label=_("或拍照上传证明材料"), **kwargs)
        self.fields["paper"].help_text = _(
            "监护人：出生证或户口簿；继承人：死亡证明与亲属关系证明；单位：授权书。不超过 10 MB"
        )
        if not documents:
            del self.fields["evidence"]
            return
        named = [(each.ref, f"{each.get_kind_display()} {each.ref}") for each in documents]
        self.fields["evidence"].choices = [("", _("没有，上传一份")), *named]  # type: ignore[attr-defined]

    @property
    def draft(self) -> Draft:
        said = {"evidence": "", **self.cleaned_data}
        del said["paper"]
        return Draft(**said)

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day is not None and day <= clock.local().date():
            raise forms.ValidationError(_("日期须在今天以后"))
        return day


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=BODY, files=("paper",))
def page(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """What stands, and one act at a time. Nobody but the service desk; officers flag contacts too."""
    if not gate.may(actor, Action.CONTACT_FLAG):
        gate.refuse(actor, Action.CONTACT_FLAG, because="role-not-covered", channel=CHANNEL)
    subject = customer_or_404(ref, action=Action.CONTACT_FLAG, actor=actor, purpose=PURPOSE)
    customer = Customer.objects.visible_to(actor).get(pk=subject.pk)
    if request.method != "POST":
        return _page(request, customer, actor)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, customer, actor, status=400)
    return act(request, customer, actor)


def _flag(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    form = FlagForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, actor, flag=form, status=422)
    said = form.cleaned_data
    flags.put(
        customer,
        Contact(said["contact"]),
        why=said["why"],
        reason=said["reason"],
        channel=CHANNEL,
        actor=actor,
    )
    messages.info(request, _("已标记。一次性代码不再发到那里。"))
    return redirect("desk:sign_in", ref=customer.ref)


def _unflag(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    contact = request.POST.get("contact", "")
    if contact not in Contact.values:
        return _page(request, customer, actor, status=400)
    flags.take_back(customer, Contact(contact), channel=CHANNEL, actor=actor)
    messages.info(request, _("标记已取消。"))
    return redirect("desk:sign_in", ref=customer.ref)


def _branch(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    form = BranchForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, actor, branch=form, status=422)
    secret = entry_codes.hand_out(
        customer, seen=form.cleaned_data["seen"], channel=CHANNEL, actor=actor
    )
    return _slip(request, customer, actor, secret)


def _letter(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    entry_codes.ask_for_letter(customer, channel=CHANNEL, actor=actor)
    messages.info(request, _("信函已提交，另一人复核后可打印。"))
    return redirect("desk:sign_in", ref=customer.ref)


def _print(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Name and address are a look like any other; the code is made now and shown this once."""
    asked = request.POST.get("letter", "")
    letters = entry_codes.letters_of(customer, actor=actor)
    letter = next((each for each in letters if str(each.ref) == asked), None)
    if letter is None:
        raise entry_codes.NotToPrint
    permit = gate.permit(
        actor,
        Action.CUSTOMER_REVEAL,
        purpose=PURPOSE,
        channel=CHANNEL,
        subjects=[customer.pk],
        elements=["identity.name", "identity.address"],
        reason=str(_("打印登录信函")),
    )
    values = {each.element: each.text for each in vault.reveal(permit)}
    secret = entry_codes.print_letter(letter, customer, channel=CHANNEL, actor=actor)
    return _slip(
        request,
        customer,
        actor,
        secret,
        name=values.get("identity.name", ""),
        address=values.get("identity.address", ""),
    )


def _slip(
    request: HttpRequest, customer: Customer, actor: Actor, secret: str, **more: str
) -> HttpResponse:
    days = limits.LETTER_LASTS if more else limits.BRANCH_LASTS
    context = {
        "title": _("登录码"),
        "ref": customer.ref,
        "secret": marks.grouped(secret),
        "until": clock.now() + days,
        **more,
        **frame(actor),
    }
    return render(request, "desk/sign_in_slip.html", context)


def _represent(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    documents = representing.evidence_of(customer, actor=actor)
    form = RepresentativeForm(request.POST, request.FILES, documents=documents)
    if form.is_valid():
        paper = (
            representing.Paper(form.upload.content, str(form.upload.name)) if form.upload else None
        )
        try:
            representing.put_up(customer, form.draft, paper=paper, channel=CHANNEL, actor=actor)
        except NotFit as error:
            form.add_error(error.about, str(error))
        except EvidenceRefused as refused:
            form.refuse(refused)
        else:
            messages.info(request, _("已提交，另一人复核后生效。"))
            return redirect("desk:sign_in", ref=customer.ref)
    return _page(request, customer, actor, representative=form, status=422)


def _end(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    rows = representing.standing_of(customer, actor=actor)
    row = next((each for each in rows if str(each.pk) == request.POST.get("row", "")), None)
    if row is None:
        return _page(request, customer, actor, status=400)
    representing.end(row, customer, channel=CHANNEL, actor=actor)
    messages.info(request, _("代表已结束，其登录也已退出。"))
    return redirect("desk:sign_in", ref=customer.ref)


_ACTS: Final[Mapping[str, Callable[[HttpRequest, Customer, Actor], HttpResponse]]] = {
    "flag": _flag,
    "unflag": _unflag,
    "branch": _branch,
    "letter": _letter,
    "print": _print,
    "represent": _represent,
    "end": _end,
}


def _page(
    request: HttpRequest, customer: Customer, actor: Actor, *, status: int = 200, **bound: Any
) -> HttpResponse:
    with scopes.acting(actors.system("portal")):
        standings = contacts.standings(customer.pk)
    documents = representing.evidence_of(customer, actor=actor)
    context = {
        "title": _("登录与代表"),
        "ref": customer.ref,
        "contacts": [(each, DOUBTS.get(each.doubt, "")) for each in standings],
        "flags": flags.standing_of(customer, actor=actor),
        "letters": entry_codes.letters_of(customer, actor=actor),
        "standing": representing.standing_of(customer, actor=actor),
        "waiting": representing.waiting_of(customer, actor=actor),
        "serves": actor.role is Role.SERVICE_DESK,
        "flag_form": bound.get("flag") or FlagForm(),
        "branch_form": bound.get("branch") or BranchForm(),
        "representative_form": bound.get("representative")
        or RepresentativeForm(documents=documents),
        "form": next(iter(bound.values()), None),
        "documents": documents,
        **frame(actor),
    }
    return render(request, "desk/sign_in.html", context, status=status)
