"""The description: valid, complete, without a real value, and true under generated requests."""

from __future__ import annotations

import io
import json
import warnings

import pytest
import schemathesis
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from custodian.wsgi import application
from tests import estate
from tests.api.callers import BASE

pytestmark = pytest.mark.django_db
EXAMPLES = 8


@pytest.fixture
def served():
    """The whole application, on the test's own database connection."""
    ends = (signals.request_started, signals.request_finished)
    for each in ends:
        each.disconnect(close_old_connections)
    yield application
    for each in ends:
        each.connect(close_old_connections)


def description():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", format="openapi-json", stdout=out)
    return json.loads(out.getvalue())


def test_the_description_is_valid_and_without_warning():
    assert description()["openapi"] == "3.1.0"


def test_the_description_is_served_to_callers_only(session, client):
    assert session.get("schema").json()["paths"] == description()["paths"]


def test_every_address_is_described():
    known = {
        "/" + prefix + str(each.pattern)
        for prefix, patterns in _apis(get_resolver())
        for each in patterns
    }
    described = {path.replace("{ref}", "<str:ref>") for path in description()["paths"]}
    assert known == described


def _apis(resolver):
    return [
        (str(each.pattern), each.url_patterns)
        for each in resolver.url_patterns
        if str(each.pattern) == BASE.removeprefix("/")
    ]


def test_examples_hold_nobodys_values():
    text = json.dumps(description(), ensure_ascii=False)
    values = {**estate.ZHANG, **estate.ACCOUNT}
    personal = ("name", "id_number", "mobile", "email", "address", "bank_account")
    assert not [v for code, v in values.items() if code.split(".")[1] in personal and v in text]


def test_generated_requests_get_declared_answers(session, own, served):
    """No server error, and no status that the description does not name."""
    proof = "a" * 32  # a session's cross-site proof is a cookie and the same in a header
    cookies = {"custodian": session.client.cookies["custodian"].value, "custodian-csrf": proof}
    sent = {"headers": {"X-CSRFToken": proof}, "cookies": cookies}
    schema = schemathesis.openapi.from_dict(description())
    statuses = set()
    for operation in _operations(schema):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            answer = case.call(app=served, base_url="http://localhost", **sent)
            statuses.add(answer.status_code)
            case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])

        ask()
    assert statuses >= {200, 400, 404}


def _operations(schema):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [each.ok() for each in schema.get_all_operations()]
