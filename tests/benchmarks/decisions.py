"""What access itself costs a request: the decision, the quotas, and how fast the past is decided again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from access import actors, gate, policy, quotas, rules, scopes
from access.actions import Action
from access.models import PolicyRule, RuleProposal
from access.policy import Ask
from access.replay import deciding, past
from access.vocabulary import Reach
from custodian import clock
from tests.benchmarks import premises, report, sealed
from tests.benchmarks.estate import Estate

LOOKS, QUICK = 500, 150
HELD = (0, 500, 5_000)  # customers that the person has seen in the last 30 days
MORE_RULES = 2_000
_SEEN = """
INSERT INTO access_seen (user_id, kind, subject_id, last_at)
SELECT %(person)s, kind, 100000000 + n, now() - n * interval '30 days' / (%(held)s + 1)
FROM unnest(ARRAY['any', 'other']) kind, generate_series(1, %(held)s) n
"""


def measure(built: Estate, *, var: Path, quick: bool) -> None:
    looks = QUICK if quick else LOOKS
    actor = actors.staff(built.agent)
    with scopes.acting(actor):
        _decisions(looks * 20)
        _quotas(built, looks)
        with sealed.sequencing(premises.DATABASE, var=var):
            _look(built, looks * 4)
    with scopes.acting(actors.system("replayer")):
        _replay(built)


def _decisions(times: int) -> None:
    report.heading("access: one decision, in memory")
    ask = Ask(
        role="agent", purpose="follow_up", element_class="identity", level=3, nearness=Reach.OWN,
        channel="desk", hour=10,
    )  # fmt: skip
    known = policy.rules_of("agent")
    alike = next(each for each in known if each.element_class == "financial")
    many = [*[alike] * MORE_RULES, *known]
    for words, given in ((f"{len(known)} rules", known), (f"{len(many):,} rules", many)):
        took = _median(
            lambda given=given: policy.decide(given, ask), times if given is known else 50
        )
        report.line(f"{words:14} {took * 1e6:9.1f} µs")


def _quotas(built: Estate, looks: int) -> None:
    report.heading("access: counting one look in all quotas, beside an empty statement")
    actor = actors.staff(built.agent)
    subjects = _subjects(built)
    bare = _median(_empty, looks)
    for held in HELD:
        with premises.superuser(connection.settings_dict["NAME"]) as cursor:
            cursor.execute("DELETE FROM access_seen WHERE subject_id > 100000000")
            cursor.execute(_SEEN, {"person": built.agent.pk, "held": held})
            cursor.execute("ANALYZE access_seen")
            cursor.connection.commit()
        for count, words in ((1, "one customer in plaintext"), (50, "a list of 50, masked")):
            some = subjects[:count]
            codes, masked = ["identity.mobile"], count > 1
            took = _median(
                lambda some=some, codes=codes, masked=masked: quotas.take(
                    actor, some, codes, masked=masked
                ),
                looks,
            )
            report.line(
                f"{held:6,} seen before, {words:26} {took * 1000:6.2f} ms;"
                f" ÷ empty statement {took / bare:5.1f}"
            )


def _look(built: Estate, times: int) -> None:
    """Something to decide again."""
    subjects = _subjects(built)
    for number in range(times):
        gate.permit(
            actors.staff(built.agent), Action.CUSTOMER_REVEAL, purpose="follow_up", channel="desk",
            subjects=[subjects[number % len(subjects)]], elements=["identity.mobile"],
        )  # fmt: skip


def _replay(built: Estate) -> None:
    report.heading("access: a day of looks decided again three times over, from the log")
    rule = PolicyRule.objects.in_force().filter(role="agent").order_by("code")[0]
    proposal = RuleProposal(code=rule.code, base_version=rule.version, terms=rules.terms_of(rule))
    now = policy.in_force()
    base, proposed = deciding.Decider(now), deciding.Decider(rules.with_proposal(now, proposal))
    history, found = deciding.History(policy.history()), deciding.Found()
    today = clock.local().date()
    begun = time.perf_counter()
    for page in past.Period.of(today, today).pages():
        for look in page.looks:
            deciding.hold(
                look, then=history.around(look.at), now=base, proposed=proposed, found=found
            )
    took = time.perf_counter() - begun
    report.line(f"{found.looks:,} looks, {found.looks / took:,.0f} a second")


def _subjects(built: Estate) -> list[int]:
    from records.models import Customer

    return list(Customer.objects.filter(ref__in=built.refs).values_list("pk", flat=True))


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _median(act: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        took.append(time.perf_counter() - begun)
    return report.percentile(took, 0.5)
