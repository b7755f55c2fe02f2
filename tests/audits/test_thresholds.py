"""The rules, their numbers, and the rows that an installation begins with say the same."""

from __future__ import annotations

from importlib import import_module

from access.audits.engine import RULES
from access.audits.thresholds import DECLARED, NAMES
from access.audits.words import numbers_in_words


def test_an_installation_begins_with_the_declared_rules():
    seeded = import_module("access.migrations.0013_audit_looks").RULES
    declared = [(code, each.severity, dict(each.numbers)) for code, each in DECLARED.items()]
    assert sorted(seeded) == sorted(declared)


def test_every_rule_is_declared_and_every_number_has_a_name_and_a_phrase():
    assert set(RULES) == set(DECLARED)
    for each in DECLARED.values():
        assert set(each.numbers) <= set(NAMES)
        assert numbers_in_words(each.numbers)
