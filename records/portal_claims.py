"""The portal's claims: report a loss one question at a time, and follow it by steps with the legal clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian import clock
from custodian.elements import Masked
from custodian.errors import CustodianError, NotVisible
from records import references, request_words, vault
from records.claim_handling import clocks, examining, filing, papers, paying, progress
from records.claim_handling.filing import Report
from records.claim_handling.steps import Code
from records.claim_paper_forms import FirstPaperForm
from records.desk_pages import UnknownParameter
from records.evidence.upload import takes_evidence
from records.models import Claim, ClaimDecision, Customer, Policy
from records.portal_pages import CHANNEL, PURPOSE, not_found, portal_page
from records.vault import Plain

QUESTIONS: Final = ("policy", "kind", "occurred_on", "description")
CHECK: Final = len(QUESTIONS) + 1
LONGEST: Final = 1000
VALUES: Final = (
    *("claim.description", "claim.needed", "claim.decided_amount"),
    *("claim.decision_reasons", "claim.paid_amount"),
)
HERE: Final = "portal:requests"


@require_safe
@portal_page()
def table(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    rows = Claim.objects.visible_to(actor).filter(subject_id=customer.pk)
    found = list(rows.select_related("policy__product").order_by("-pk")[:50])
    faces = clocks.nearest([each.pk for each in found])
    context = {
        "title": pgettext("列表", "理赔"),
        "here": HERE,
        "rows": [(each, progress.tone(each), faces.get(each.pk)) for each in found],
        "may_file": filing.policies(customer.pk, actor=actor).exists(),
    }
    return render(request, "portal/claims.html", context)


# -- reporting ----------------------------------------------------------------------------------


class ReportForm(forms.Form):
    """All questions; a page shows one of them, and carries the answers so far along in itself."""

    policy = forms.ChoiceField(
        label=gettext_lazy("按哪一份保单报案？"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选择一份保单"),
            "invalid_choice": gettext_lazy("请选择一份保单"),
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("发生了什么？"),
        choices=Claim.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项")},
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("哪一天发生的？"),
        help_text=gettext_lazy("例如 2026-12-01；记不清的，写大致的一天"),
        error_messages={
            "required": gettext_lazy("请填写日期"),
            "invalid": gettext_lazy("日期无法识别，请写成 2026-12-01"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    description = forms.CharField(
        label=gettext_lazy("经过是怎样的？"),
        max_length=LONGEST,
        help_text=gettext_lazy(
            "何时、何地、怎么发生、在哪家医院就诊。加密保存，只有理赔人员会看。"
        ),
        error_messages={
            "required": gettext_lazy("请写几句经过"),
            "max_length": gettext_lazy("最多 1000 字，请精简"),
        },
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, policies: Iterable[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policies = {each.ref: each for each in policies}
        field: Any = self.fields["policy"]
        field.choices = [
            (ref, f"{each.product} · {each.ref}") for ref, each in self.policies.items()
        ]

    def clean_occurred_on(self) -> date:
        day: date = self.cleaned_data["occurred_on"]
        if day > clock.local().date():
            raise forms.ValidationError(_("日期在今天以后，请核对"))
        return day

    def report(self) -> Report:
        said = self.cleaned_data
        return Report(
            policy=self.policies[said["policy"]],
            kind=said["kind"],
            occurred_on=said["occurred_on"],
            channel=Claim.Channel.PORTAL,
            values={"claim.description": said["description"]},
        )

    def first_wrong(self, upto: int) -> int | None:
        """The first question before `upto` whose answer does not stand."""
        wrong = (at for at, name in enumerate(QUESTIONS[:upto], 1) if name in self.errors)
        return next(wrong, None)


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=(*QUESTIONS, "step", "act", "paper_kind"), files=("paper",))
def new(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    policies = list(filing.policies(customer.pk, actor=actor))
    if not policies:
        return render(request, "portal/claim_none.html", {"title": _("报案"), "here": HERE})
    only = {"policy": policies[0].ref} if len(policies) == 1 else {}
    if request.method != "POST":
        form = ReportForm(initial=only, policies=policies)
        return _ask(request, form, 2 if only else 1)
    step = _step(request)
    form = ReportForm(request.POST, policies=policies)
    if request.POST.get("act") == "back":
        return _ask(request, form, max(step - 1, 1), fresh=True)
    if (wrong := form.first_wrong(step)) is not None:
        return _ask(request, form, wrong)
    if step < CHECK or not form.is_valid():
        return _ask(request, form, step + 1, fresh=True)
    return _file(request, form, customer, actor)


def _file(request: HttpRequest, form: ReportForm, customer: Customer, actor: Actor) -> HttpResponse:
    """A file that cannot be taken is said beside it, and the report stands there as it was."""
    paper = FirstPaperForm(request.POST, request.FILES)
    brought = paper.brought() if paper.is_valid() else None
    if paper.errors:
        return _ask(request, form, CHECK, fresh=True, paper=paper)
    try:
        claim = papers.report(
            customer.pk, form.report(), [brought] if brought else [], channel=CHANNEL,
            purpose=PURPOSE, actor=actor,
        )  # fmt: skip
    except filing.BadDay as error:
        form.add_error("occurred_on", str(error.message))
        return _ask(request, form, 3)
    except filing.NotInsured as error:
        form.add_error("policy", str(error.message))
        return _ask(request, form, 1)
    messages.success(request, _("已收到报案，编号 %(ref)s。") % {"ref": claim.ref})
    return redirect("portal:claim", ref=claim.ref)


def _step(request: HttpRequest) -> int:
    typed = request.POST.get("step", "")
    if typed not in map(str, range(1, CHECK + 1)):
        raise UnknownParameter
    return int(typed)


def _ask(
    request: HttpRequest,
    form: ReportForm,
    step: int,
    *,
    fresh: bool = False,
    paper: FirstPaperForm | None = None,
) -> HttpResponse:
    """One question, or at the end all answers. `fresh`: it was not answered yet, so nothing is wrong."""
    checks = step == CHECK
    name = None if checks else QUESTIONS[step - 1]
    said: Mapping[str, Any] = form.data if form.is_bound else form.initial
    if fresh:
        form = ReportForm(
            initial={each: said.get(each, "") for each in QUESTIONS},
            policies=form.policies.values(),
        )
    elif form.is_bound:
        for other in set(form.errors) - {name}:  # of questions that are on other pages
            del form.errors[other]
    context = {
        "title": _("请核对后提交") if checks else form.fields[str(name)].label,
        "here": HERE,
        "form": paper or (form if form.is_bound else None),
        "paper": paper or FirstPaperForm() if checks else None,
        "field": None if checks else form[str(name)],
        "step": step,
        "total": CHECK,
        "carried": [(each, said.get(each, "")) for each in QUESTIONS if each != name],
        "answers": _answers(form, said) if checks else [],
    }
    wrong = paper is not None or (form.is_bound and not checks)
    return render(request, "portal/claim_new.html", context, status=422 if wrong else 200)


def _answers(form: ReportForm, said: Mapping[str, Any]) -> list[tuple[Any, Any, int]]:
    """Each question with its answer, and the page on which it is changed."""
    policy = form.policies.get(str(said.get("policy", "")))
    kinds = dict(Claim.Kind.choices)
    words = (
        f"{policy.product} · {policy.ref}" if policy else "",
        kinds.get(str(said.get("kind")), ""),
        said.get("occurred_on", ""),
        said.get("description", ""),
    )
    labels = (_("保单"), _("类别"), _("出险日"), _("出险经过"))
    return [
        (label, word, at) for at, (label, word) in enumerate(zip(labels, words, strict=True), 1)
    ]


# -- one claim ----------------------------------------------------------------------------------


def claim_of(ref: str, *, action: Action, customer: Customer, actor: Actor) -> Claim:
    """Her claim; one that is absent and somebody else's leave the same entry and the same page."""
    known = references.read(ref, kind="k")
    rows = Claim.objects.visible_to(actor).filter(ref=known or "", subject_id=customer.pk)
    found: Claim | None = rows.select_related("policy__product").first()
    return found or not_found(ref, action=action, actor=actor)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=("act",))
def claim(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """GET shows how it stands; POST shows the words in clear, or agrees to the amount."""
    found = claim_of(ref, action=Action.CUSTOMER_VIEW, customer=customer, actor=actor)
    if request.method != "POST":
        return _page(request, found, actor)
    act = request.POST.get("act", "")
    if act == "show":
        return _page(request, found, actor, plain=plain(found, VALUES, actor=actor))
    if act != "agree":
        raise UnknownParameter
    try:
        paying.agree(found, channel=CHANNEL, actor=actor)
    except CustodianError as error:
        if isinstance(error, NotVisible) or not error.message:
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("已记下您同意这个数额；我们在十日内付款。"))
    return redirect("portal:claim", ref=found.ref)


def plain(found: Claim, elements: Sequence[str], *, actor: Actor) -> list[Plain]:
    """Her own look at her own claim, on record like any other."""
    permit = gate.permit(
        actor,
        Action.CUSTOMER_REVEAL,
        purpose=PURPOSE,
        channel=CHANNEL,
        subjects=[found.subject_id],
        elements=list(elements),
        holdings=[found.holding],
    )
    return vault.reveal(permit)


def _page(
    request: HttpRequest, found: Claim, actor: Actor, *, plain: Iterable[Plain] = ()
) -> HttpResponse:
    clear = {(each.element, each.slot): each.text for each in plain}
    values = _Values(_masks(found, actor), clear)
    steps = list(found.steps.select_related("unit"))
    agreed = examining.says(found, Code.AGREED)
    context = {
        "title": _("赔案 %(ref)s") % {"ref": found.ref},
        "here": HERE,
        "claim": found,
        "stage": progress.stage(found),
        "stages": progress.STAGES,
        "tone": progress.tone(found),
        "next": progress.comes_next(found),
        "clocks": clocks.shown(found, for_customer=True),
        "needs": [(each, values.of("needed", each.slot)) for each in found.needs.all()],
        "decisions": [
            (each, values.of("decided_amount", each.slot), values.of("decision_reasons", each.slot))
            for each in found.decisions.filter(status=ClaimDecision.Status.EFFECTIVE)
        ],
        "payments": [(each, values.of("paid_amount", each.slot)) for each in found.payments.all()],
        "told": values.of("description"),
        "papers": papers.of(found),
        "takes_papers": papers.takes(found),
        "remedies": _remedies(found),
        "steps": progress.told(steps, customer=True),
        "may_agree": found.status == Claim.Status.APPROVED and not agreed,
        "lit": bool(clear),
        "seconds": settings.CUSTODIAN_LAMP_SECONDS,
    }
    return render(request, "portal/claim.html", context)


def _remedies(found: Claim) -> list[request_words.Remedy]:
    """For whoever is refused, or is asked to agree and need not."""
    told = {Claim.Status.REJECTED, Claim.Status.APPROVED}
    return request_words.remedies("claims") if found.status in told else []


def _masks(found: Claim, actor: Actor) -> dict[tuple[str, int], Masked]:
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=PURPOSE,
        channel=CHANNEL,
        subjects=[found.subject_id],
        elements=list(VALUES),
        holdings=[found.holding],
        masked=True,
    )
    return {(each.element, each.slot): each.masked for each in vault.listed(permit)}


class _Values:
    """Each value as the page shows it: in clear once she asked, else hidden."""

    def __init__(
        self, masks: Mapping[tuple[str, int], Masked], clear: Mapping[tuple[str, int], str]
    ) -> None:
        self.masks, self.clear = masks, clear

    def of(self, name: str, slot: int = 0) -> dict[str, Any]:
        key = (f"claim.{name}", slot)
        return {"code": key[0], "masked": self.masks.get(key), "text": self.clear.get(key)}
