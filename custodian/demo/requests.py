"""The demo's requests in nearly every kind and state: one is late, and one soon will be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from access import actors, own_looks, scopes
from access.actors import Actor
from access.models import Subject, User
from custodian import clock
from records.models import Customer, CustomerRequest, Policy, PolicyRole, RequestEffect
from records.requests import customers_side, effects, handling, opening
from records.requests.opening import Arrival

DESK, OFFICER, OTHER_DESK = "K0501", "C0217", "K0502"
By, CameBy, Proof = CustomerRequest.By, CustomerRequest.CameBy, CustomerRequest.Proof
PROOFS: Final = {CameBy.LETTER: Proof.SIGNATURE, CameBy.PHONE: Proof.CALL_BACK}


def begin(people: Mapping[str, User], hers: Mapping[str, int]) -> None:
    """`hers`: whom a newcomer can be, by name; the others are whoever comes next in the book."""
    desk, officer = actors.staff(people[DESK]), actors.staff(people[OFFICER])
    # A small book may have nobody with an e-mail address alone.
    one, two, *_others = [*hers.values(), *_strangers(set(hers.values()))]
    _of_a_customer(one, desk, officer)
    _of_another(two, desk, officer)
    ended = _of_ended()
    if ended is not None:
        asked = _entered(ended, "deletion", "保单早就满期了，请删除我的资料。", desk, days=12)
        decide(asked, "已满期多年，不再需要的部分照办。", officer)
    late, near, unproven = _strangers({one, two, ended})
    _entered(late, "complaint", "三月份的回访电话打了四次，我已说过不要再打。", desk, days=21)
    asked = _entered(
        near, "complaint", "理赔材料交了两次，还在要。", desk, days=13, by=CameBy.PHONE
    )
    other = actors.staff(people[OTHER_DESK])
    with scopes.acting(other):
        handling.take(asked, channel="desk", actor=other)
        handling.ask(asked, "您两次交材料各是哪一天、在哪个网点？", channel="desk", actor=other)
    with scopes.acting(desk):
        opening.open_request(
            unproven, kind="access", text="请寄给我一份我的全部资料。",
            arrival=Arrival(came_by=CameBy.LETTER, received_at=_ago(3)),
            channel="desk", actor=desk,
        )  # fmt: skip


def _of_a_customer(customer: int, desk: Actor, officer: Actor) -> None:
    """Whoever steps in as her finds an answer, a call that is looked into, and a look she asks about."""
    asked = ask(customer, "question", "我的保单明年还要交几期？")
    decide(asked, "还有两期，每年五月一日应交；保单首页的交费期间就是这个意思。", desk)
    with acting_as(customer) as she:
        customers_side.rate(asked, 5, "说得很清楚", channel="portal", actor=she)
    ask(customer, "fraud_call", "有人自称客服，说得出我的险种，要我退保重买。")
    with scopes.acting(actors.system("demo")):
        subject = Customer.objects.get(pk=customer).subject
    newest = own_looks.recent(subject).newest
    if newest is not None and newest.who != own_looks.SYSTEM:
        ask(customer, "look_question", "那天我没有办过业务。", about=str(newest.index))
    asked = ask(customer, "object", "不要再来电推荐产品。", about="follow_up")
    decide(asked, "已照办，回访用途不再打开您的资料。", officer)


def _of_another(customer: int, desk: Actor, officer: Actor) -> None:
    """A no with its reason, one that she took back, and one just begun."""
    asked = ask(customer, "portability", "", insurer="清河人寿保险有限公司")
    with scopes.acting(officer):
        why = "没有收到清河人寿的接收证明。补来之后可以再提，不影响这次的记录。"
        handling.refuse(asked, why, channel="admin", actor=officer)
    asked = ask(customer, "feedback", "网点的叫号机字太小。")
    with acting_as(customer) as she:
        customers_side.withdraw(asked, channel="portal", actor=she)
    asked = ask(customer, "access", "我想知道你们有没有我的体检报告。")
    with scopes.acting(desk):
        handling.take(asked, channel="desk", actor=desk)


def _of_ended() -> int | None:
    """Somebody all of whose contracts are over."""
    with scopes.acting(actors.system("demo")):
        living = Policy.objects.exclude(status=Policy.Status.TERMINATED).values("pk")
        kept = PolicyRole.objects.filter(policy__in=living).values("subject")
        own = PolicyRole.objects.filter(role="policyholder").exclude(subject__in=kept)
        own = own.exclude(subject__status=Subject.Status.DESTROYED)
        return own.order_by("subject_id").values_list("subject_id", flat=True).first()


def _strangers(known: Iterable[int | None]) -> list[int]:
    with scopes.acting(actors.system("demo")):
        # Whoever was destroyed in the month before asks for nothing any more.
        active = Customer.objects.filter(
            kind="person", subject__honey=False, subject__status=Subject.Status.ACTIVE
        )
        others = active.exclude(pk__in=[each for each in known if each is not None])
        return list(others.order_by("pk").values_list("pk", flat=True)[:3])


def acting_as(customer: int) -> Any:
    return scopes.acting(actors.customer(customer))


def ask(customer: int, kind: str, text: str, **more: Any) -> CustomerRequest:
    with acting_as(customer) as she:
        return opening.open_request(
            customer, kind=kind, text=text, channel="portal", actor=she, **more
        )


def _entered(
    customer: int,
    kind: str,
    text: str,
    desk: Actor,
    *,
    days: int,
    by: CustomerRequest.CameBy = CameBy.LETTER,
) -> CustomerRequest:
    with scopes.acting(desk):
        return opening.open_request(
            customer, kind=kind, text=text,
            arrival=Arrival(came_by=by, proof=PROOFS[by], received_at=_ago(days)),
            channel="desk", actor=desk,
        )  # fmt: skip


def decide(request: CustomerRequest, text: str, actor: Actor, **more: Any) -> None:
    """Decided, and what was decided is done before the demo opens."""
    with scopes.acting(actor):
        handling.answer(request, text, channel="desk", actor=actor, **more)
    with scopes.acting(actors.system("demo")):
        keys = list(RequestEffect.objects.filter(request=request).values_list("pk", flat=True))
    for key in keys:
        effects.carry_out(key)
    with scopes.acting(actors.system("demo")):
        request.refresh_from_db()


def _ago(days: int) -> Any:
    return clock.now() - timedelta(days=days)
