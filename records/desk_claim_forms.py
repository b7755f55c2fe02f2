"""Forms of the desk's claims: what was reported, what is missing, what is decided, what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.vocabulary import Role
from custodian import clock
from records.claim_handling.deciding import Proposal
from records.claim_handling.examining import Needed
from records.claim_handling.filing import Report
from records.claim_handling.paying import Payment
from records.identifiers.amounts import check_amount
from records.models import Claim, ClaimDecision, ClaimNeed, Policy

LONGEST = 1000
WORDS = 200
_QUIET = {"autocomplete": "off", "spellcheck": "false"}


def _filled_in(label: Any) -> Any:
    """In the language of whoever reads it, and not of whoever started the server."""
    return lazy(lambda: gettext("请填写%(label)s") % {"label": label}, str)()


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        error_messages={
            "required": _filled_in(label),
            "invalid": _("日期无法识别，请写成 2026-12-01"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **more,
    )


def _text(label: Any, *, longest: int = LONGEST, rows: int = 4, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        error_messages={
            "required": _filled_in(label),
            "max_length": _("内容过长，请精简"),
        },
        widget=forms.Textarea(attrs={"rows": rows, **_QUIET}),
        **more,
    )


class FilingForm(forms.Form):
    FIELDS = {"claim-not-insured": "policy", "claim-bad-day": "occurred_on"}

    policy = forms.ChoiceField(
        label=_("保单"),
        error_messages={
            "required": _("请选择保单"),
            "invalid_choice": _("请选择一份以出险人为被保险人的保单"),
        },
    )
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[("", _("请选择")), *Claim.Kind.choices],
        error_messages={"required": _("请选择类别")},
    )
    occurred_on = _day(_("出险日"), help_text=_("例如 2026-12-01"))
    channel = forms.ChoiceField(
        label=_("报案渠道"), error_messages={"required": _("请选择报案渠道")}
    )
    description = _text(_("出险经过"), help_text=_("何时、何地、发生了什么。加密保存。"))
    diagnosis = forms.CharField(
        label=_("诊断"),
        required=False,
        max_length=WORDS,
        help_text=_("按诊断证明填写；还没有的可留空"),
        error_messages={"max_length": _("内容过长，请精简")},
        widget=forms.TextInput(attrs=_QUIET),
    )

    def __init__(self, *args: Any, policies: Sequence[Policy], role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policies = {each.ref: each for each in policies}
        named = [(each.ref, f"{each.product} · {each.ref}") for each in policies]
        first = [("", _("请选择"))] if len(named) != 1 else []
        _offer(self.fields["policy"], [*first, *named])
        ways = [Claim.Channel.AGENT] if role == Role.AGENT else []
        ways += [Claim.Channel.BRANCH, Claim.Channel.PHONE, Claim.Channel.LETTER]
        _offer(self.fields["channel"], [(each.value, each.label) for each in ways])

    def report(self) -> Report:
        said = self.cleaned_data
        return Report(
            policy=self.policies[said["policy"]],
            kind=said["kind"],
            occurred_on=said["occurred_on"],
            channel=said["channel"],
            values={
                "claim.description": said["description"],
                "claim.diagnosis": said["diagnosis"],
            },
        )


class AskForm(forms.Form):
    """The one notice: every paper that is missing, each with a word on what exactly."""

    kinds = forms.MultipleChoiceField(
        label=_("缺哪些材料"),
        choices=ClaimNeed.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("法律要求一次性通知；发出后不能再要求补充"),
        error_messages={"required": _("请至少选择一项材料")},
    )
    words = _text(
        _("说明"),
        longest=500,
        rows=3,
        required=False,
        help_text=_("写给客户：要什么样的、原件还是复印件、在哪里开具。加密保存。"),
    )

    def needed(self) -> list[Needed]:
        """The words go with the first of them: they are one letter."""
        kinds, words = self.cleaned_data["kinds"], self.cleaned_data["words"]
        return [Needed(kind, words if at == 0 else "") for at, kind in enumerate(kinds)]


class DecideForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("核定"),
        choices=ClaimDecision.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择核定的结果")},
    )
    amount = forms.CharField(
        label=_("金额（元）"),
        required=False,
        max_length=30,
        help_text=_("给付写总额，含已先行支付的；先行支付写目前可以确定的数额；不予给付留空"),
        widget=forms.TextInput(attrs={**_QUIET, "inputmode": "decimal"}),
    )
    ground = forms.ChoiceField(
        label=_("不予给付的原因"),
        required=False,
        choices=[("", _("不适用")), *ClaimDecision.Ground.choices],
        help_text=_("只用于统计；给客户的理由写在下面"),
    )
    reasons = _text(
        _("理由"),
        help_text=_("客户会读到：依据哪条约定、怎么算出来的。加密保存。"),
    )
    asks_agreement = forms.BooleanField(
        label=_("数额须先与客户达成协议"),
        required=False,
        help_text=_("不勾选的，核定生效即为达成协议，十日内付款"),
    )

    def clean_amount(self) -> Decimal | None:
        typed = str(self.cleaned_data["amount"] or "")
        if not typed:
            return None
        checked = check_amount(typed, exact=True)
        if checked.value is None:
            raise forms.ValidationError(str(checked.problems[0].message))
        return Decimal(checked.value)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        rejects = said.get("kind") == ClaimDecision.Kind.REJECT
        if said.get("kind") and "amount" not in self.errors:
            if rejects and said.get("amount") is not None:
                self.add_error("amount", _("不予给付的不填金额"))
            elif not rejects and not said.get("amount"):
                self.add_error("amount", _("请填写大于零的金额"))
        if rejects and not said.get("ground"):
            self.add_error("ground", _("请选择不予给付的原因"))
        return said

    def proposal(self) -> Proposal:
        said = self.cleaned_data
        rejects = said["kind"] == ClaimDecision.Kind.REJECT
        return Proposal(
            kind=said["kind"],
            amount=said["amount"],
            reasons=said["reasons"],
            ground=said["ground"] if rejects else "",
            asks_agreement=said["asks_agreement"] and said["kind"] == ClaimDecision.Kind.APPROVE,
        )


class PayForm(forms.Form):
    FIELDS = {"claim-no-account": "account", "claim-bad-payment-day": "paid_on"}

    account = forms.ChoiceField(
        label=_("收款账户"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择一个登记在册的收款账户"),
            "invalid_choice": _("请选择一个登记在册的收款账户"),
        },
    )
    paid_on = _day(_("付款日"), help_text=_("例如 2026-12-01"))
    reference = forms.CharField(
        label=_("付款凭证号"),
        max_length=60,
        help_text=_("银行回单上的流水号。加密保存。"),
        error_messages={
            "required": _("请填写付款凭证号"),
            "max_length": _("内容过长，请精简"),
        },
        widget=forms.TextInput(attrs=_QUIET),
    )

    def __init__(self, *args: Any, accounts: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["account"], list(accounts))
        self.fields["paid_on"].initial = clock.local().date().isoformat()

    def payment(self, places: dict[str, tuple[int, int]]) -> Payment:
        said = self.cleaned_data
        payee, slot = places[said["account"]]
        day: date = said["paid_on"]
        return Payment(payee=payee, account_slot=slot, paid_on=day, reference=said["reference"])


def _offer(field: Any, choices: list[tuple[str, Any]]) -> None:
    field.choices = choices
