"""What a partner sends and gets by API."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from custodian.api import StrictSerializer, Text

PAGE: Final = 100
_HEX: Final = re.compile(r"[0-9a-f]*")


class Hex(Text):
    def __init__(self, *, digits: int, **more: Any) -> None:
        super().__init__(min_length=digits, max_length=digits, **more)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not _HEX.fullmatch(text):
            raise serializers.ValidationError(_("请给出小写的十六进制"))
        return text


class PageQuery(StrictSerializer):
    cursor = Text(required=False, max_length=20)
    limit = serializers.IntegerField(required=False, default=PAGE, min_value=1, max_value=PAGE)


class ReceiptBody(StrictSerializer):
    mark = Hex(digits=32)
    signature = Hex(digits=128, required=False)


class ShareAnswer(serializers.Serializer[Any]):
    share = serializers.CharField()
    agreement = serializers.CharField()
    purpose = serializers.CharField()
    elements = serializers.ListField(child=serializers.CharField())
    until = serializers.DateTimeField()
    customers = serializers.IntegerField()
    corrections = serializers.IntegerField()


class CustomersAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    customers = serializers.ListField(child=serializers.CharField())
    left_out = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)


class Value(serializers.Serializer[Any]):
    element = serializers.CharField()
    slot = serializers.IntegerField()
    of = serializers.CharField(allow_null=True)
    value = serializers.CharField()


class ValuesAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    customer = serializers.CharField()
    values = Value(many=True)


class Correction(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    customer = serializers.CharField()
    element = serializers.CharField()
    corrected_on = serializers.DateField()
    due = serializers.DateTimeField()
    value = serializers.CharField()
    mark = serializers.CharField()


class CorrectionsAnswer(serializers.Serializer[Any]):
    corrections = Correction(many=True)


class ReceiptAnswer(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    status = serializers.CharField()
    receipt = serializers.CharField()
    confirmed_at = serializers.DateTimeField()
