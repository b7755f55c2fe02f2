"""What the API of records takes and answers, field by field; nothing else goes in or out."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from custodian import elements
from custodian.api import Choice, StrictSerializer, Text
from records import catalogue as _declared  # noqa: F401  fills the catalogue
from records import purposes, references, words
from records.models import Customer
from records.search import Kind

LONGEST: Final = 200
PAGE, LARGEST_PAGE = 50, 100
MOST_ACCOUNTS, MOST_POLICIES = 5, 20
REVEALABLE: Final = sorted(
    each.code
    for each in elements.catalogue()
    if not each.never_shown and not each.code.startswith(("correction.", "document."))
)


class PurposeField(Choice):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[each.value for each in purposes.OFFERED], **kwargs)


class ForPurpose(StrictSerializer):
    purpose = PurposeField(help_text="What the data is looked at for; it stands in the log.")


class PageQuery(ForPurpose):
    cursor = Text(required=False, max_length=16, help_text="`next` of the page before.")
    limit = serializers.IntegerField(
        required=False, default=PAGE, min_value=1, max_value=LARGEST_PAGE
    )

    def validate_cursor(self, cursor: str) -> str:
        if references.read(cursor, kind="c") != cursor:
            raise serializers.ValidationError(_("请使用上一页给出的 next"))
        return cursor


class SearchBody(ForPurpose):
    kind = Choice(choices=[each.value for each in Kind])
    values = serializers.ListField(
        child=Text(max_length=LONGEST),
        min_length=1,
        max_length=2,
        help_text="One value; name and birth date (YYYY-MM-DD) for `name_and_birth_date`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs["values"]) != (2 if attrs["kind"] == Kind.NAME else 1):
            raise serializers.ValidationError({"values": [_("值的个数与查找方式不符")]})
        return attrs


class RevealBody(ForPurpose):
    elements = serializers.ListField(
        child=Choice(choices=REVEALABLE), min_length=1, max_length=len(REVEALABLE)
    )
    reason = Text(required=False, default="", allow_blank=True, max_length=LONGEST)
    policies = serializers.ListField(
        child=Text(max_length=16),
        required=False,
        default=list,
        max_length=MOST_POLICIES,
        help_text="References: only `policy.` elements, and only of these policies.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        own = all(code.startswith("policy.") for code in attrs["elements"])
        if attrs["policies"] and not own:
            raise serializers.ValidationError({"policies": [_("指定保单时只能揭示保单信息项")]})
        if attrs["purpose"] == "other" and not attrs["reason"].strip():
            raise serializers.ValidationError({"reason": [_("请说明为什么需要完整的信息")]})
        return attrs


class AccountBody(StrictSerializer):
    bank_name = Text(required=False, max_length=LONGEST)
    bank_account = Text(max_length=LONGEST)


class _IdentityBody(StrictSerializer):
    name = Text(max_length=LONGEST)
    sex = Text(required=False, max_length=LONGEST)
    birth_date = Text(required=False, max_length=LONGEST)
    nationality = Text(required=False, max_length=LONGEST)
    occupation = Text(required=False, max_length=LONGEST)
    id_type = Choice(required=False, choices=list(words.ID_TYPES))
    id_number = Text(required=False, max_length=LONGEST)
    id_valid_until = Text(required=False, max_length=LONGEST)
    mobile = Text(required=False, max_length=LONGEST)
    landline = Text(required=False, max_length=LONGEST)
    email = Text(required=False, max_length=LONGEST)
    address = Text(required=False, max_length=LONGEST)
    workplace = Text(required=False, max_length=LONGEST)
    legal_representative = Text(required=False, max_length=LONGEST)


class IntakeBody(_IdentityBody):
    kind = Choice(choices=Customer.Kind.values)
    income = Text(required=False, max_length=LONGEST)
    accounts = serializers.ListField(child=AccountBody(), required=False, max_length=MOST_ACCOUNTS)
    intermediary = Text(required=False, max_length=30)


IDENTITY: Final = tuple(_IdentityBody().fields)


class Masked(serializers.Serializer[Any]):
    element = serializers.CharField()
    slot = serializers.IntegerField()
    masked = serializers.CharField(allow_blank=True)
    level = serializers.IntegerField()


class PolicyLine(serializers.Serializer[Any]):
    ref = serializers.CharField()
    product = serializers.CharField()
    number = serializers.CharField(allow_null=True)


class Row(serializers.Serializer[Any]):
    ref = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()
    child = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    id_number = serializers.CharField(allow_null=True)
    policies = PolicyLine(many=True)
    more_policies = serializers.IntegerField()


class FoundAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    customers = Row(many=True)
    more = serializers.BooleanField()


class PageAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    customers = Row(many=True)
    next = serializers.CharField(allow_null=True)


class CustomerAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    ref = serializers.CharField()
    kind = serializers.CharField()
    book = serializers.CharField()
    status = serializers.CharField()
    child = serializers.BooleanField()
    elements = Masked(many=True)


class RevealedValue(serializers.Serializer[Any]):
    element = serializers.CharField()
    slot = serializers.IntegerField()
    of = serializers.CharField(allow_null=True)
    value = serializers.CharField()


class RevealAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    ref = serializers.CharField()
    purpose = serializers.CharField()
    values = RevealedValue(many=True)


class Warning_(serializers.Serializer[Any]):  # noqa: N801  the plain name is Python's own
    code = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    message = serializers.CharField()

    class Meta:
        ref_name = "Warning"


class IntakeAnswer(serializers.Serializer[Any]):
    ref = serializers.CharField()
    kind = serializers.CharField()
    warnings = Warning_(many=True)
    missing = serializers.ListField(child=serializers.CharField())


class RoleLine(serializers.Serializer[Any]):
    role = serializers.CharField()
    customer = serializers.CharField(allow_null=True)


class ProductLine(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class PolicyItem(serializers.Serializer[Any]):
    ref = serializers.CharField()
    product = ProductLine()
    status = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    pay_frequency = serializers.CharField(allow_blank=True)
    next_due_on = serializers.DateField(allow_null=True)
    roles = RoleLine(many=True)
    elements = Masked(many=True)


class PolicyAnswer(PolicyItem):
    entry = serializers.IntegerField()


class PoliciesAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    policies = PolicyItem(many=True)
