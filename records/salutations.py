"""How a customer is addressed: by family name, as the mask leaves it, and never by the full name."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian.elements import Masked
from records import portal_pages, vault
from records.catalogue import NAME, SEX
from records.models import Customer, Identity


def of_customer(customer: Customer, *, actor: Actor) -> str:
    """ "张女士" for 张伟 who is a woman; of an organisation what its mask leaves: "徐州…有限公司"."""
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=portal_pages.PURPOSE,
        channel=portal_pages.CHANNEL,
        subjects=[customer.pk],
        elements=[NAME.code, SEX.code],
        holdings=list(Identity.objects.filter(pk=customer.pk).values_list("holding", flat=True)),
        masked=True,
    )
    listed = {each.element: each.masked for each in vault.listed(permit)}
    name = listed.get(NAME.code)
    if customer.kind != Customer.Kind.PERSON:
        return "…".join(part.text for part in name.parts if part.text) if name else ""
    family = _visible(name)
    if not family:
        return ""
    return _titled(family, _visible(listed.get(SEX.code)))


def _visible(masked: Masked | None) -> str:
    return "".join(part.text for part in masked.parts) if masked else ""


def _titled(family: str, sex: str) -> str:
    if sex == "female":
        return pgettext("称呼", "%(family)s女士") % {"family": family}
    if sex == "male":
        return pgettext("称呼", "%(family)s先生") % {"family": family}
    return gettext("%(family)s客户") % {"family": family}
