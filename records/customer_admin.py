"""Customers in the back office: masked through a logged permit for exactly the rows shown, never in clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from access import gate, looks, marks
from access.actions import Action
from access.actors import Actor
from access.admin_pages import CHANNEL, actor_of, purpose_of
from access.admin_scope import ScopedAdmin, drawn, link_to
from access.models.rules import CLASSES
from access.vocabulary import Reach
from custodian import elements
from custodian.elements import Element, Masked
from records import (
    customer_keeping,
    legal_holds,
    merges,
    ports,
    recipients,
    standings,
    vault,
    words,
)
from records.consents import standing as consents
from records.models import Claim, Customer, MergeCase, Policy
from records.standings import Standing


class MarkForm(forms.Form):
    """`vip` is on or off, as the button says."""

    vip = forms.ChoiceField(choices=[("on", ""), ("off", "")], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("封存在日志里；不要写客户资料"),
        error_messages={
            "required": gettext_lazy("请写明理由"),
            "max_length": gettext_lazy("理由过长，请缩短到 200 字以内"),
        },
    )


# Files have no mask, and what was said about a correction stands on its own page.
_ELSEWHERE = frozenset(
    {"document.content", "document.proof", "correction.note", "correction.refusal"}
)
LISTED = ("identity.name", "identity.id_number", "identity.mobile")


@admin.register(Customer)
class CustomerAdmin(ScopedAdmin):
    read_action = Action.CUSTOMER_LIST
    columns = (
        "ref", "kind", "created_at", "minor_until", "subject__status", "subject__uid", "subject__vip",
        "subject__unit__name", "subject__unit__name_en", "book__code", "book__name",
        "intermediary__name",
    )  # fmt: skip
    list_select_related = ("subject__unit", "book", "intermediary")
    list_display = ("ref", "name", "id_number", "mobile", "kind", "unit", "book", "state")
    list_filter = ("kind",)
    facts = ("ref", "kind", "state", "unit", "book", "intermediary", "created_at")
    lede = gettext_lazy("全部掩码；列出也是一次查询，已按本页各行记录")
    nothing = gettext_lazy("没有符合条件的客户。")
    marked = logs_rows = True

    def prepare(self, request: HttpRequest, rows: Sequence[Customer]) -> None:
        """One permit for the rows of this page, and their masks from the vault."""
        actor = actor_of(request)
        permit = gate.permit(
            actor,
            Action.CUSTOMER_LIST,
            purpose=purpose_of(actor),
            channel=CHANNEL,
            subjects=[row.pk for row in rows if _living(row)],
            elements=permitted(request, LISTED) if rows else (),
            masked=True,
        )
        found = {
            (each.subject, each.element): each.masked for each in vault.listed(permit, marking=True)
        }
        for row in rows:
            row.masks = {code: found.get((row.pk, code)) for code in LISTED}  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("姓名"))
    def name(self, row: Any) -> str:
        return drawn("mask", row.masks["identity.name"])

    @admin.display(description=gettext_lazy("证件号码"))
    def id_number(self, row: Any) -> str:
        return drawn("mask", row.masks["identity.id_number"])

    @admin.display(description=gettext_lazy("手机号码"))
    def mobile(self, row: Any) -> str:
        return drawn("mask", row.masks["identity.mobile"])

    @admin.display(description=gettext_lazy("机构"))
    def unit(self, row: Customer) -> str:
        return str(row.subject.unit)

    @admin.display(description=gettext_lazy("状态"))
    def state(self, row: Customer) -> str:
        if not _living(row):
            return drawn("destroyed", "")
        if row.is_child:
            return drawn("tag", _("不满十四周岁"), tone="warn", icon="person")
        return str(row.subject.get_status_display())

    def enter_row(self, request: HttpRequest, row: Customer) -> None:
        """The detail's own permit says more; see `detail_view`."""

    def detail_view(self, request: HttpRequest, row: Customer) -> HttpResponse:
        actor, living = actor_of(request), _living(row)
        codes = permitted(request, [each.code for each in elements.catalogue()]) if living else []
        permit = gate.permit(
            actor,
            Action.CUSTOMER_VIEW,
            purpose=purpose_of(actor),
            channel=CHANNEL,
            subjects=[row.pk] if living else [],
            elements=codes,
            masked=True,
            facts=None if living else {"destroyed": row.ref},
        )
        shown = vault.listed(permit, marking=True) if living else []
        standing = standings.of(row.pk)
        more = {
            "title": _("客户 %(ref)s") % {"ref": row.ref},
            "entry": permit.entry,
            "groups": _groups(shown, _usual_of(row, codes), standing),
            "policies": _policies(request, row, shown, standing) if living else [],
            "claims": _claims(request, row, shown, standing) if living else [],
            "living": living,
            "gone": ports.answering().gone([row.pk]).get(row.pk),
            "may_see_transfer": gate.may(actor, Action.TRANSFER_READ),
            "looks": _looks(row, actor) if living else None,
            "looks_url": f"{link_to('admin:querylog')}?customer={row.ref}",
            "reveal_url": link_to("desk:customer", row.ref) if living else "",
            "consents": consents.of_customer(row, actor=actor) if living else [],
            "recipients": recipients.of(row) if living else None,
            **customer_keeping.panel(row, actor=actor),
            **(self._mark(request, row) | _holds(row, actor) if living else {}),
            "pairs": _pairs(row, actor),
        }
        return self.render(request, "admin/customer.html", row, more)

    def _mark(self, request: HttpRequest, row: Customer) -> dict[str, Any]:
        """Whether she is on the VIP list, and for an officer the way to change that."""
        on: bool = row.subject.vip
        if not self._may(request, Action.SUBJECT_MARK):
            return {"vip": on}
        form = MarkForm(initial={"vip": "off" if on else "on"})
        url = reverse("admin:records_customer_mark", args=[row.ref])
        return {"vip": on, "mark_form": form, "mark_url": url}

    def get_urls(self) -> list[URLPattern]:
        mark = path(
            "<path:object_id>/mark/",
            self.admin_site.admin_view(self.mark),
            name="records_customer_mark",
        )
        return [mark, *super().get_urls()]

    @method_decorator(require_POST)
    def mark(self, request: HttpRequest, object_id: str) -> HttpResponse:
        actor = actor_of(request)
        if not gate.may(actor, Action.SUBJECT_MARK):
            gate.permit(actor, Action.SUBJECT_MARK, purpose=purpose_of(actor), channel=CHANNEL)
        row = self.get_object(request, object_id)
        if row is None:
            self.refuse(request, object_id)
        form = MarkForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            on = said["vip"] == "on"
            marks.put_on_vip_list(
                row.pk, on=on, reason=said["reason"], channel=CHANNEL, actor=actor
            )
            done = (
                _("已列入重点名单，变更已记入查询日志。")
                if on
                else _("已移出重点名单，变更已记入查询日志。")
            )
            messages.info(request, done)
        else:
            sentences = [str(each) for errors in form.errors.values() for each in errors]
            messages.error(request, _("没有变更：%(why)s") % {"why": _("；").join(sentences)})
        return HttpResponseRedirect(self.address(row))


def _holds(row: Customer, actor: Actor) -> dict[str, Any]:
    """The legal holds on what is hers, and for whoever may ask for one the way to it."""
    if not gate.may(actor, Action.LEGAL_HOLD_READ):
        return {}
    found: dict[str, Any] = {"holds": legal_holds.on_subjects([row.pk]).get(row.pk, ())}
    if gate.may(actor, Action.LEGAL_HOLD_PLACE):
        url = reverse("admin:records_legalhold_add")
        found["hold_url"] = f"{url}?scope=customer&named={row.ref}"
    return found


def _pairs(row: Customer, actor: Actor) -> list[tuple[MergeCase, str]]:
    """Cases in which she may be, or is, the same person as somebody else, with whom."""
    if not gate.may(actor, Action.MERGE_READ):
        return []
    return merges.of_customer(row)


def _living(row: Customer) -> bool:
    """Of whoever is destroyed nothing is left to show, and no log key to name her by."""
    return str(row.subject.status) != standings.DESTROYED


def _looks(row: Customer, actor: Actor) -> list[looks.Look] | None:
    if not gate.may(actor, Action.LOG_READ):
        return None
    return looks.of_subject(
        row.subject.uid, purpose=purpose_of(actor), channel=CHANNEL, actor=actor
    )


def permitted(request: HttpRequest, codes: Iterable[str]) -> list[str]:
    """Those elements whose masks the person's role may see at all."""
    actor = actor_of(request)
    return [
        code
        for code in codes
        if code not in _ELSEWHERE
        and gate.foresee(
            actor,
            code=code,
            purpose=purpose_of(actor),
            channel=CHANNEL,
            nearness=Reach.ALL,
            masked=True,
        ).allowed
    ]


def _groups(
    shown: Sequence[vault.Listed], codes: Sequence[str], standing: Mapping[UUID, Standing]
) -> list[tuple[str, list[Any], Standing | None]]:
    """Identity and money, element by element; what the role may not see at all is left out."""
    known = {each.kind: each for each in standing.values()}
    masks: dict[str, list[Masked]] = {}
    for each in shown:
        masks.setdefault(each.element, []).append(words.masked_in_words(each.element, each.masked))
    return [
        (
            str(label),
            [(element, masks.get(element.code)) for element in _of_class(cls, codes)],
            known.get(cls),
        )
        for cls, label in CLASSES
        if cls in {"identity", "financial"} and _of_class(cls, codes)
    ]


def _usual_of(row: Customer, codes: Sequence[str]) -> list[str]:
    """Without what only an organisation has, on a person's page."""
    person = row.kind == Customer.Kind.PERSON
    return [code for code in codes if not (person and code == "identity.legal_representative")]


def _of_class(cls: str, codes: Sequence[str]) -> list[Element]:
    return [elements.get(code) for code in codes if elements.get(code).cls.value == cls]


def _by_holding(shown: Iterable[vault.Listed]) -> Mapping[UUID, dict[str, Masked]]:
    found: dict[UUID, dict[str, Masked]] = {}
    for each in shown:
        found.setdefault(each.holding, {})[each.element.replace(".", "_")] = each.masked
    return found


def _policies(
    request: HttpRequest,
    row: Customer,
    shown: Iterable[vault.Listed],
    standing: Mapping[UUID, Standing],
) -> list[tuple[Policy, dict[str, Masked], Standing | None]]:
    masks = _by_holding(shown)
    rows = (
        Policy.objects.visible_to(actor_of(request))
        .filter(subject_id=row.pk)
        .select_related("product")
        .only(
            "ref", "holding", "status", "starts_on", "ends_on", "product__name", "product__name_en"
        )
    )
    return [(each, masks.get(each.holding, {}), standing.get(each.holding)) for each in rows]


def _claims(
    request: HttpRequest,
    row: Customer,
    shown: Iterable[vault.Listed],
    standing: Mapping[UUID, Standing],
) -> list[tuple[Claim, dict[str, Masked], Standing | None]]:
    masks = _by_holding(shown)
    rows = (
        Claim.objects.visible_to(actor_of(request))
        .filter(subject_id=row.pk)
        .only("ref", "holding", "kind", "status", "reported_on", "decided_on")
    )
    return [(each, masks.get(each.holding, {}), standing.get(each.holding)) for each in rows]
