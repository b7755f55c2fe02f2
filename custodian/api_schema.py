"""The OpenAPI document, made from what each address declares and from the problems all of them share."""

from __future__ import annotations

from typing import Any, Final, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from custodian import problems

# What any address may answer beside its own; 405 is for methods that no address declares.
ALWAYS: Final = ("400", "401", "403", "406", "429", "500", "503")
WITH_REF: Final = ("404",)
WITH_BODY: Final = ("413", "415")


class Problem(serializers.Serializer[Any]):
    """Problem details, RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    instance = serializers.CharField()
    detail = serializers.CharField(required=False)
    because = serializers.ListField(child=serializers.CharField(), required=False)
    entry = serializers.IntegerField(required=False)
    parameters = serializers.ListField(child=serializers.CharField(), required=False)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class ShapedSchema(AutoSchema):
    """Reads a view's `shapes`, so that the document and the checks cannot differ."""

    @property
    def _shaped(self) -> Any:
        return self.view

    @property
    def _shape(self) -> Any:
        return self._shaped.shapes[self.method]

    def get_operation_id(self) -> str:
        return str(self._shape.name)

    def get_tags(self) -> list[str]:
        return [self._shaped.tag]

    def get_description(self) -> str:  # type: ignore[override]
        return str(self._shape.about)

    def get_override_parameters(self) -> list[Any]:
        shape = self._shape
        # A serializer without a field is no parameter, which drf-spectacular does not expect.
        return [*([shape.query] if shape.query().fields else []), *shape.headers]

    def get_request_serializer(self) -> Any:
        return self._shape.body

    def get_response_serializers(self) -> Any:
        return {self._shape.status: self._shape.answer}

    def get_examples(self) -> list[Any]:
        return list(self._shape.examples)

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        others = [*ALWAYS, *self._shape.problems]
        others += WITH_REF if "{" in self.path else ()
        others += WITH_BODY if self._shape.body else ()
        for status in sorted(others):
            bodies[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                Problem, status, media_types=[problems.MEDIA_TYPE], direction=direction
            )
        return bodies
