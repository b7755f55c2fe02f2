"""The API of access: who the caller is, and the description of the whole interface."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian import problems
from custodian.api_views import Shape, StrictView


class ActorView(StrictView):
    """An address of the API, with whoever asks."""

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return actor


class TokenScopeAnswer(serializers.Serializer[Any]):
    actions = serializers.ListField(child=serializers.CharField())
    purposes = serializers.ListField(child=serializers.CharField())


class MeAnswer(serializers.Serializer[Any]):
    staff_no = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    unit = serializers.CharField()
    stepped_up = serializers.BooleanField()
    token = TokenScopeAnswer(allow_null=True)
    may = serializers.ListField(child=serializers.CharField())


ME_EXAMPLE = OpenApiExample(
    "An agent by session",
    response_only=True,
    status_codes=["200"],
    value={
        "staff_no": "A0000",
        "name": "王某",
        "role": "agent",
        "unit": "XZ",
        "stepped_up": False,
        "token": None,
        "may": ["records:customer:reveal", "records:customer:search"],
    },
)


class Me(ActorView):
    tag = "access"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="me",
            answer=MeAnswer,
            examples=(ME_EXAMPLE,),
            about="Who the caller is, and which acts may be attempted.",
        )
    }

    def get(self, request: Request) -> Response:
        actor = self.actor
        return self.answer(
            {
                "staff_no": actor.staff_no,
                "name": actor.name,
                "role": actor.role.value,
                "unit": actor.unit,
                "stepped_up": actor.stepped_up,
                "token": _scope(actor),
                "may": sorted(action.value for action in Action if gate.may(actor, action)),
            }
        )


def _scope(actor: Actor) -> Mapping[str, Any] | None:
    if actor.token is None:
        return None
    return {"actions": sorted(actor.token.actions), "purposes": sorted(actor.token.purposes)}


class Schema(ActorView):
    tag = "access"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="schema",
            answer=OpenApiTypes.OBJECT,
            about="This description, as OpenAPI 3.1.",
        )
    }

    def get(self, request: Request) -> Response:
        return Response(_document(get_language() or ""))


@lru_cache(4)
def _document(_language: str) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """An address under the API that nobody knows, whatever the method."""
    known = getattr(request, "actor", None) is not None
    return problems.response(problems.of_status(404 if known else 401))


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "access.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of this installation."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "access.login.StaffSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A browser's session after the second factor; writes carry X-CSRFToken.",
        }
