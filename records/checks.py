"""System checks of records: nothing is stored sealed that the catalogue does not name."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import BinaryField

from access.law.purpose_register import differences
from custodian import elements
from custodian.regimes.purposes import processing_purposes
from records import ports

SUFFIX = "_sealed"
# Sealed, but no element of a customer's: names of uploads, whole rows set aside, codes on their way.
# Proposed and former values are of the element that stands beside them.
WITHOUT_ELEMENT = frozenset(
    {
        "CorrectionItem.value_sealed",
        "FormerValue.value_sealed",
        "ImportFile.name_sealed",
        "QuarantinedRow.row_sealed",
        "SignInCode.code_sealed",
        "SignInCode.to_sealed",
        "RelativeAsk.said_sealed",
        "RelativePaper.name_sealed",
    }
)
PREFIX = {
    "Identity": "identity",
    "Finances": "financial",
    "Account": "financial",
    "ClaimDecision": "claim",
    "ClaimNeed": "claim",
    "ClaimPayment": "claim",
    "CustomerRequest": "request",
    "RequestMessage": "request",
}


@register
def every_sealed_column_is_an_element(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for model in apps.get_app_config("records").get_models():
        for field in model._meta.concrete_fields:
            if not field.name.endswith(SUFFIX):
                continue
            name = f"{model.__name__}.{field.name}"
            if not isinstance(field, BinaryField):
                errors.append(
                    Error(f"{name} is sealed and must be a BinaryField", id="records.E001")
                )
            if name not in WITHOUT_ELEMENT and not elements.known(
                element_of(model.__name__, field.name)
            ):
                errors.append(Error(f"{name} has no element in the catalogue", id="records.E002"))
    return errors


@register
def what_rests_on_consent_is_asked_for(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """The catalogue and the register of purposes say the same: an element has a purpose with its ground."""
    return [Error(str(wrong), id="records.E003") for wrong in differences(processing_purposes())]


@register
def every_port_is_registered(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"nobody registered the port {name}", id="records.E004") for name in ports.missing()
    ]


def element_of(model: str, column: str) -> str:
    """The code of the element that a sealed column holds, by the house's naming."""
    return f"{PREFIX.get(model, model.lower())}.{column.removesuffix(SUFFIX)}"
