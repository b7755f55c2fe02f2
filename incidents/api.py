"""Alerts by API: a firewall, a detector, or a partner's system says that something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from access import gate
from access.actions import Action
from access.api import ActorView
from access.models import Finding
from access.vocabulary import Channel
from custodian import clock
from custodian.api import Choice, StrictSerializer, Text
from custodian.api_views import Shape
from incidents import triage
from incidents.models import Alert

CHANNEL: Final = Channel.API.value


class AlertBody(StrictSerializer):
    system = Text(max_length=60, help_text="What raises it, such as the name of a firewall.")
    number = Text(
        max_length=120, help_text="Its own number there. The same number again is the same alert."
    )
    severity = Choice(choices=Finding.Severity.values)
    summary = Text(max_length=300, help_text="What happened, without any customer's data.")
    happened_at = serializers.DateTimeField(required=False)


class AlertAnswer(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    system = serializers.CharField()
    number = serializers.CharField()
    status = serializers.CharField(help_text="new, case, duplicate, false_alarm or settled.")


class Alerts(ActorView):
    tag = "incidents"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "POST": Shape(
            name="raiseAlert",
            body=AlertBody,
            answer=AlertAnswer,
            status=201,
            examples=(
                OpenApiExample(
                    "A data-loss detector",
                    request_only=True,
                    value={
                        "system": "DLP",
                        "number": "2026-000123",
                        "severity": "high",
                        "summary": "A file with 2,000 numbers was copied to a USB stick",
                        "happened_at": "2026-12-01T14:20:00+08:00",
                    },
                ),
            ),
            about="Something that may be an incident. Repeat it as often as you like: one system's number"
            " is one alert, and 200 says that it was there already.",
        )
    }

    def post(self, request: Request) -> Response:
        said, actor = self.said, self.actor
        if not gate.may(actor, Action.ALERT_RAISE):
            gate.permit(actor, Action.ALERT_RAISE, purpose="", channel=CHANNEL)
        at = said.get("happened_at")
        if at is not None and at > clock.now():
            raise ValidationError({"happened_at": [_("时间不能晚于现在")]})
        alert, new = triage.raise_alert(
            Alert.Source.EXTERNAL,
            said["summary"],
            severity=said["severity"],
            happened_at=at,
            system=said["system"],
            number=said["number"],
            channel=CHANNEL,
            actor=actor,
        )
        return self.answer(_told(alert), status=201 if new else 200)


def _told(alert: Alert) -> dict[str, Any]:
    return {
        "ref": alert.ref,
        "system": alert.system,
        "number": alert.number,
        "status": alert.status,
    }
