"""An insurer of two units, an insider and his colleagues, for the tests of tracing."""

from __future__ import annotations

from access import actors, gate, scopes
from access.actions import Action
from access.models import PolicyRule
from access.vocabulary import Role
from records import intake, vault
from records.intake import NewCustomer
from tests import estate
from tests.records import desk_estate

MOBILE, NAME = "identity.mobile", "identity.name"
UNIT = 240


def mobile(number: int) -> str:
    return f"139{number:08}"


class Insurer:
    """Two units of 240 customers; an insider and his colleague in the first, a third person in the other."""

    def __init__(self) -> None:
        desk_estate.open_all_day()
        PolicyRule.objects.update(step_up_level=6)
        self.units = estate.unit("XZ"), estate.unit("NJ")
        self.insider = estate.user(Role.COMPLIANCE_OFFICER, unit_=self.units[0], name="赵某")
        self.colleague = estate.user(Role.COMPLIANCE_OFFICER, unit_=self.units[0], name="何某")
        self.other = estate.user(Role.COMPLIANCE_OFFICER, unit_=self.units[1], name="孙某")
        new = [
            NewCustomer(
                kind="person",
                source_key=f"L{number:06}",
                unit_id=self.units[number // UNIT].pk,
                values={NAME: f"客户{'甲乙丙丁'[number % 4]}", MOBILE: mobile(number)},
            )
            for number in range(2 * UNIT)
        ]
        self.customers = intake.register(
            new, book=estate.book(), channel="command", actor=estate.system()
        )

    def look(self, person, numbers, *, elements=(MOBILE,), masked=False, session="") -> None:
        for number in numbers:
            with scopes.acting(actors.staff(person, stepped_up=True, session=session)) as actor:
                permit = gate.permit(
                    actor,
                    Action.CUSTOMER_LIST if masked else Action.CUSTOMER_REVEAL,
                    purpose="" if masked else "compliance",
                    channel="admin",
                    subjects=[self.customers[number].pk],
                    elements=list(elements),
                    masked=masked,
                )
                (vault.listed if masked else vault.reveal)(permit)
