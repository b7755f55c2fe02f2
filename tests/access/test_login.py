"""Coming in: a password and a code, the same answer for everybody who may not, and a way out."""

from __future__ import annotations

import json
import re
import threading

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from access import hashers, second_factor
from access.models import SealedContext, User
from access.querylog import write
from access.querylog.connection import LogUnavailable
from custodian import clock
from tests.access.people import (
    PASSWORD,
    SECRET,
    code,
    codes,
    give_password,
    person,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_remembered():
    cache.clear()


def acts(entries):
    return [each.act for each in entries if not each.act.startswith("writer.")]


def test_a_person_comes_in_with_password_and_code_and_both_are_on_record(client, entries_since):
    user = person()
    sign_in(client, user)
    assert acts(entries_since()) == ["second-factor", "login"]
    assert {each.staff_no for each in entries_since() if each.act == "login"} == {user.staff_no}
    assert client.get("/accounts/settings/").status_code == 200


def test_the_staff_number_is_as_good_as_the_name(client):
    user = person()
    response = give_password(client, user.staff_no.lower())
    assert response.headers["Location"] == "/accounts/code/"


def test_between_password_and_code_nobody_is_signed_in(client):
    give_password(client, person())
    assert client.get("/accounts/settings/").headers["Location"].startswith("/accounts/login/")
    assert not client.session.get("_auth_user_id")


def test_a_wrong_code_lets_nobody_in_and_is_on_record(client, entries_since):
    user = person()
    give_password(client, user)
    response = client.post("/accounts/code/", {"code": "000000"})
    assert response.status_code == 422
    assert acts(entries_since()) == ["second-factor.failed"]


def test_a_code_is_good_once_even_when_the_cache_is_lost(client):
    user = person()
    shown = code()
    sign_in(client, user, shown=shown)
    cache.clear()
    other = Client()
    give_password(other, user)
    assert other.post("/accounts/code/", {"code": shown}).status_code == 422


def test_a_code_older_than_the_last_one_used_is_refused(client):
    user = person()
    older, now, _later = codes()
    sign_in(client, user, shown=now)
    assert second_factor.use_code(user, older) is None


def test_full_width_digits_and_spaces_are_read_as_digits():
    user = person()
    shown = code()
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in shown)
    assert second_factor.use_code(user, typed) is not None


def test_a_recovery_code_brings_in_once():
    user = person()
    first = second_factor.recovery_codes(user)[0]
    assert second_factor.use_recovery_code(user, first) is not None
    assert second_factor.use_recovery_code(user, first) is None
    assert len(second_factor.recovery_codes(user)) == 9


def test_secrets_and_seeds_lie_sealed():
    user = person()
    lying = json.dumps([each.data for each in Authenticator.objects.filter(user=user)])
    assert SECRET not in lying
    assert second_factor.recovery_codes(user)[0] not in lying
    totp = Authenticator.objects.get(user=user, type="totp")
    assert second_factor.unseal(totp.data["secret"]) == SECRET


# -- A34: whoever may not come in gets one answer --------------------------------------------


class Work:
    """Counts hashes, whichever way they are asked for."""

    def __init__(self, monkeypatch):
        self.hashes = 0
        encode = MD5PasswordHasher.encode

        def counted(hasher, password, salt):
            self.hashes += 1
            return encode(hasher, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)


def refused(kind):
    """A login and a password that must not work, for each way in which they may not."""
    if kind == "unknown":
        return "nobody.at.all", PASSWORD
    user = person()
    if kind == "wrong":
        return user.username, "not the password 99"
    if kind == "disabled":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if kind == "unusable":
        user.set_unusable_password()
        user.save()
    return user.username, PASSWORD


def body_without_tokens(response, login):
    text = response.content.decode().replace(login, "LOGIN")
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|本页生成于 [^<]+', "", text)


def test_unknown_wrong_disabled_and_unusable_look_and_cost_the_same(monkeypatch):
    work = Work(monkeypatch)
    give_password(Client(), "warm.up")  # this month's context key
    seen = {}
    for kind in ("unknown", "wrong", "disabled", "unusable"):
        login, password = refused(kind)
        cache.clear()
        work.hashes = 0
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = give_password(Client(), login, password)
        body = body_without_tokens(response, login)
        seen[kind] = (response.status_code, body, work.hashes, len(queries))
    assert seen["unknown"][0] == 422
    assert seen["unknown"][2] == 1
    assert all(each == seen["unknown"] for each in seen.values()), {
        kind: (each[0], each[2], each[3]) for kind, each in seen.items()
    }


def test_what_was_typed_is_sealed_and_never_in_the_leaf(client, entries_since):
    give_password(client, "my secret password in the wrong box")
    entry = entries_since()[-1]
    assert (entry.act, entry.outcome) == ("login.failed", "denied")
    assert "wrong box" not in entry.leaf
    sealed = SealedContext.objects.get(pk=entry.pk)
    opened = write.open_context(bytes(sealed.body_sealed), month=f"{clock.now():%Y-%m}")
    assert opened["typed"] == "my secret password in the wrong box"


def test_a_failed_sign_in_names_the_account_that_was_tried(client, entries_since):
    user = person()
    give_password(client, user, "not the password 99")
    assert json.loads(entries_since()[-1].leaf)["account"] == user.staff_no


def test_too_many_attempts_are_refused_from_there_and_only_from_there():
    user = person()
    for _attempt in range(5):
        give_password(Client(), user, "not the password 99")
    here = give_password(Client(), user)
    assert here.status_code == 429
    assert "尝试次数太多" in here.content.decode()
    elsewhere = give_password(Client(), user, REMOTE_ADDR="10.9.8.7")
    assert elsewhere.headers["Location"] == "/accounts/code/"


def test_codes_are_counted_per_person_wherever_they_come_from(client):
    user = person()
    give_password(client, user)
    for _attempt in range(5):
        assert client.post("/accounts/code/", {"code": "000000"}).status_code == 422
    assert client.post("/accounts/code/", {"code": code()}).status_code == 429


def test_a_crowd_is_refused_instead_of_hashed(monkeypatch):
    monkeypatch.setattr(hashers, "_queue", threading.BoundedSemaphore(1))
    with hashers._seat(), pytest.raises(hashers.TooManySignIns):
        hashers.Argon2().verify("x", "argon2$")


def test_argon2_is_what_the_product_runs_with():
    encoded = hashers.Argon2().encode("a password", "saltsaltsalt")
    assert encoded.startswith("argon2$argon2id$v=19$m=40960,t=2,p=1$")
    assert hashers.Argon2().verify("a password", encoded)


def test_a_sign_in_that_cannot_be_recorded_does_not_happen(client, monkeypatch):
    user = person()
    give_password(client, user)

    def unavailable(*args, **kwargs):
        raise LogUnavailable

    monkeypatch.setattr(write, "commit", unavailable)
    assert client.post("/accounts/code/", {"code": code()}).status_code == 503
    assert client.get("/accounts/settings/").status_code == 302


# -- getting an app ---------------------------------------------------------------------------


def half_in(client, user):
    give_password(client, user)
    return client


def test_without_an_app_every_page_leads_to_getting_one(client):
    half_in(client, person(app=False))
    for path in (
        "/",
        "/accounts/settings/",
        "/accounts/recovery-codes/",
        "/accounts/password/change/",
    ):
        assert client.get(path).headers["Location"] == "/accounts/second-factor/", path
    assert client.get("/accounts/second-factor/").headers["Location"] == (
        "/accounts/second-factor/activate/"
    )


def test_getting_an_app_asks_for_the_password_again_and_opens_the_session(client, entries_since):
    user = person(app=False)
    half_in(client, user)
    again = client.get("/accounts/second-factor/activate/").headers["Location"]
    assert again.startswith("/accounts/reauthenticate/")
    onward = client.post(again, {"password": PASSWORD}).headers["Location"]
    page = client.get(onward).content.decode()
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page))
    picture = client.get("/accounts/second-factor/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert len(secret) == 32
    assert secret not in json.dumps(dict(client.session.items()))

    shown = second_factor.code_at(secret, second_factor.step_now())
    done = client.post(onward, {"code": shown})
    assert done.headers["Location"] == "/accounts/recovery-codes/"
    assert client.get(done.headers["Location"]).status_code == 200
    assert client.get("/accounts/second-factor/qr.svg").status_code == 404
    assert "login" in acts(entries_since())
    # The code that proved the app is used up.
    assert second_factor.use_code(user, shown) is None


def test_who_has_an_app_cannot_get_a_second_one_by_the_same_page(client):
    half_in(client, person(app=False))
    signed = Client()
    sign_in(signed, person())
    response = signed.get("/accounts/second-factor/activate/", follow=True)
    assert "二维码" not in response.content.decode()


# -- what is not there --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_reset_password", "mfa_deactivate_totp"]
)
def test_pages_that_nobody_here_needs_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "2fa/", "2fa/totp/deactivate/"]
)
def test_their_addresses_are_404(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_the_pages_hold_nothing_inline(client):
    pages = [
        client.get("/accounts/login/"),
        client.get("/accounts/password/forgotten/"),
        client.get("/"),
    ]
    sign_in(client, person())
    pages += [
        client.get(f"/accounts/{page}/") for page in ("settings", "recovery-codes", "step-up")
    ]
    pages += [client.get("/accounts/logout/"), client.get("/accounts/password/change/")]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert not re.search(r"<style|style=|<script(?! [^>]*src=)|\son\w+=|data:", text)
