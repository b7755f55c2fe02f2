"""The customers whom a newcomer can be: their numbers in the demo's file, and one click through the door."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access import actors, keystore, machine_reads, scopes
from access.actions import Action
from custodian import outbox
from custodian.demo import cast as credentials
from custodian.demo import mode, reference
from custodian.demo import step_in as stepping
from custodian.demo.insurer import Manifest
from custodian.demo.step_in import FILE, Person
from custodian.workflow import IllegalMove
from records import vault
from records.models import (
    Book,
    Contact,
    Customer,
    Identity,
    Policy,
    PolicyRole,
    Representative,
    SignInCode,
)
from records.sign_in import contacts, entering, pages, sending

TRIED: Final = 60  # of those who come into question
DOES: Final[Mapping[str, Any]] = {
    "customer.mobile": _("代码发到手机"),
    "customer.email": _("代码发到邮箱"),
    "customer.guardian": _("也可替孩子办理"),
    "customer.shut": _("登记的手机是代理人的：不发代码"),
    "customer.gone": _("保单已转到另一家公司"),
    "customer.arrived": _("随互助社的旧文件转来"),
    "customer.hit": _("资料泄露，收到安全通知"),
}


def one_of(book: Book) -> int:
    """Some grown-up of the book whose mobile takes a code."""
    with scopes.acting(actors.system("demo")):
        subjects = list(
            Customer.objects.filter(book=book).order_by("pk").values_list("pk", flat=True)
        )
        found = _first(subjects, Contact.MOBILE)
    if found is None:
        raise LookupError(book.code)
    return found


def first_with_mobile(subjects: list[int]) -> int | None:
    """The first grown-up of them with a policy whose mobile takes a code, and who acts for nobody else."""
    with scopes.acting(actors.system("demo")):
        acting = Representative.objects.filter(representative__in=subjects, until=None)
        others = set(acting.values_list("representative_id", flat=True))
        return _first([each for each in subjects if each not in others], Contact.MOBILE)


def add(name: str, subject: int) -> None:
    """One more of whom a newcomer can be."""
    with scopes.acting(actors.system("demo")):
        line = _line(name, subject, subject)
    if line:
        credentials.add_customers([*known().values(), line])


def find(manifest: Manifest, *, book: Book) -> list[dict[str, str]]:
    """Four customers with what they type at the door, for the file that scripts read."""
    lines = []
    with scopes.acting(actors.system("demo")):
        for name, subject, number_of in who(manifest, book):
            line = _line(name, subject, number_of)
            if line:
                lines.append(line)
    return lines


def who(manifest: Manifest, book: Book) -> Iterator[tuple[str, int, int]]:
    """Under which name, who, and whose policy number she types."""
    facts = manifest.facts
    keys = [key for keys in facts.portfolios.values() for key in keys][:TRIED]
    own = list(reference.by_key(book, set(keys)).values())
    if (found := _first(own, Contact.MOBILE)) is not None:
        yield "customer.mobile", found, found
    without = Identity.objects.filter(mobile_sealed=None).exclude(email_sealed=None)
    people = list(without.order_by("pk").values_list("pk", flat=True)[:TRIED])
    if (found := _first(people, Contact.EMAIL)) is not None:
        yield "customer.email", found, found
    guards = dict(
        Representative.objects.filter(kind="guardian", until=None)
        .order_by("-pk")
        .values_list("representative_id", "subject_id")[:TRIED]
    )
    if (found := _first(list(guards), Contact.MOBILE, insured=guards)) is not None:
        yield "customer.guardian", found, guards[found]
    shut = [key for keys in facts.agent_phones.values() for key in keys]
    for subject in reference.by_key(book, set(shut)).values():
        if _policy_of(subject):
            yield "customer.shut", subject, subject
            break


def _first(
    subjects: list[int], contact: Contact, *, insured: Mapping[int, int] | None = None
) -> int | None:
    for subject in subjects:
        person = Customer.objects.filter(pk=subject, kind="person", minor_until=None).exists()
        if not person or not _policy_of((insured or {}).get(subject, subject)):
            continue
        best = contacts.best(subject)
        if best.good and best.contact is contact:
            return subject
    return None


def _policy_of(subject: int) -> Policy | None:
    role = PolicyRole.objects.filter(subject=subject).select_related("policy").first()
    return role.policy if role and role.policy.number_sealed else None


def _line(name: str, subject: int, number_of: int) -> dict[str, str] | None:
    policy, identity = _policy_of(number_of), Identity.objects.filter(pk=subject).first()
    if policy is None or identity is None:
        return None
    said = _opened(identity, subject, ("identity.name", "identity.id_number"))
    said |= _opened(policy, policy.subject_id, ("policy.number",))
    best = contacts.best(subject)
    if not said.get("identity.id_number") or not said.get("policy.number"):
        return None
    return {
        "username": name,
        "name": said.get("identity.name", ""),
        "policy_number": said["policy.number"],
        "id_number": said["identity.id_number"],
        "code_to": best.contact.value if best.good else "",
        "outbox": "/demo/outbox/",
    }


def _opened(row: Any, subject: int, elements: tuple[str, ...]) -> dict[str, str]:
    """In clear, for the demo's file: its customers are invented, and the entry says that it was read."""
    actor = scopes.current()
    if actor is None:
        return {}
    sweep = machine_reads.read(
        Action.DEMO_BEGIN, subjects=[subject], elements=elements, actor=actor
    )
    key = keystore.unlock({row.holding: subject})[row.holding]
    blobs = {
        code: bytes(blob)
        for code in elements
        if (blob := getattr(row, f"{code.partition('.')[2]}_sealed")) is not None
    }
    values = vault.examine(sweep, blobs, subject=subject, holding=row.holding, key=key)
    return {code: text for code, text in values if text}


def known() -> dict[str, dict[str, str]]:
    try:
        content = json.loads((settings.VAR / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {each["username"]: each for each in content.get("portal", [])}


def open_door() -> None:
    """The customers join the cast of the front page."""
    stepping.more_cast.append(cast)
    for name in DOES:
        stepping.doors[name] = partial(_step_in_as, name)


def cast() -> list[Person]:
    said = known()
    return [
        Person(name, str(does), said[name]["name"], _("客户"), "")
        for name, does in DOES.items()
        if name in said
    ]


def _step_in_as(name: str, request: HttpRequest) -> HttpResponse:
    person = known().get(name)
    if person is None:
        raise Http404
    return step_in(request, person)


def step_in(request: HttpRequest, person: Mapping[str, str]) -> HttpResponse:
    """Both numbers into the first form, the code that came into the second."""
    request.session.flush()
    request.actor = None  # type: ignore[attr-defined]
    seen = {each.at for each in outbox.messages()}
    answer = _post(
        request, pages.numbers, policy_number=person["policy_number"], id_number=person["id_number"]
    )
    with scopes.acting(actors.system("portal")):
        asked = entering.code_of(request)
    if asked is None:
        return answer
    _hasten(asked)
    fresh = [each for each in outbox.messages() if each.at not in seen]
    if not fresh:
        messages.info(request, _("没有代码发出：登记的联系方式不能用来登录，请看其他办法。"))
        return redirect("portal:code")
    code = "".join(c for c in fresh[0].text.split(" ")[0] if c.isdecimal())
    return _post(request, pages.code, code=code)


def _post(request: HttpRequest, view: Any, **body: str) -> HttpResponse:
    form = QueryDict(mutable=True)
    form.update(body)
    request.POST = form  # type: ignore[assignment]
    answer: HttpResponse = view(request)
    return answer


def _hasten(asked: SignInCode) -> None:
    """The worker's work, if it has not begun it."""
    try:
        sending.work(asked.pk)
    except IllegalMove:
        with scopes.acting(actors.system("portal")):
            for _turn in range(50):
                if SignInCode.objects.filter(pk=asked.pk, finished_at__isnull=False).exists():
                    return
                time.sleep(0.1)


@require_safe
def outbox_page(request: HttpRequest) -> HttpResponse:
    """What would have gone to telephones and letter boxes."""
    if not mode.from_here(request):
        raise Http404
    context = {"title": _("演示发件箱"), "rows": outbox.messages()[:50]}
    return render(request, "demo/outbox.html", context)
