"""What the API of work items takes and answers, field by field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from access.models import WorkItem
from custodian.api import Choice, StrictSerializer, Text
from records.api_shapes import LARGEST_PAGE, PAGE

LONGEST_NUMBER = 40


class WorkQuery(StrictSerializer):
    state = Choice(choices=["open", "closed", "all"], required=False, default="open")
    cursor = Text(required=False, max_length=36, help_text="`next` of the page before.")
    limit = serializers.IntegerField(
        required=False, default=PAGE, min_value=1, max_value=LARGEST_PAGE
    )

    def validate_cursor(self, cursor: str) -> UUID:
        try:
            return UUID(cursor)
        except ValueError:
            raise serializers.ValidationError(_("请使用上一页给出的 next")) from None


class WorkBody(StrictSerializer):
    number = Text(
        max_length=LONGEST_NUMBER,
        help_text="What your system calls it. The same number with the same content is the same item.",
    )
    kind = Choice(choices=WorkItem.Kind.values)
    customer = Text(max_length=16, help_text="The customer's public reference.")
    staff_no = Text(
        required=False, max_length=20, help_text="Who is to do it; without unit, the caller."
    )
    unit = Text(
        required=False, max_length=20, help_text="Whose people may take it, if nobody is named."
    )
    due_at = serializers.DateTimeField(required=False)


class ClosingBody(StrictSerializer):
    outcome = Choice(choices=WorkItem.Outcome.values)


class WorkAnswer(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    number = serializers.CharField(allow_blank=True)
    kind = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the name is the interface's
    customer = serializers.CharField(
        allow_null=True, help_text="Null where the customer is out of the caller's reach."
    )
    staff_no = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    opened_by = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)


class WorkPage(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    items = WorkAnswer(many=True)
    next = serializers.UUIDField(allow_null=True)
