"""The whole of a transfer up to the certificate at the seller, with what may go wrong on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from custodian.drills.handover.houses import Refused
from custodian.drills.handover.parties import Parties, killed
from custodian.drills.steps import Step

LEAST: Final = 12  # so that each mistake finds its customer
STAYS: Final = 2  # the customer who is barred, joined to nobody
MISTAKES: Final = {"3": "lost", "6": "doubled", "9": "premium"}
NOTHING_LEFT: Final = {"private": 0, "secrets": 0, "files": 0}


def there(parties: Parties, customers: int, folder: Path) -> Iterator[Step]:
    """The book goes over; one customer stays, mistakes are made, a process is killed at each stage."""
    moving = customers - 1
    parties.open()
    yield Step("readable", _("转出之前，业务员查看客户姓名"), "read", parties.seller.read())
    yield from _until_frozen(parties, moving, stays=STAYS)
    yield from _packed_badly(parties, folder)
    yield from _changed_late(parties, moving)
    before = parties.seller.plaintext(moving=True)
    yield from _loaded(parties, moving, before)
    yield from _passed(parties, moving)
    yield from _ended(parties)


def back(parties: Parties, moving: int) -> Iterator[Step]:
    """The same customers return to where they came from, in another process that is killed once."""
    parties.open()
    yield from _until_frozen(parties, moving)
    before = parties.seller.plaintext(moving=True)
    job = parties.seller.order()
    died = killed(parties.seller, "hand-over-after-checkpoint", "pack", job=job)
    yield Step("back-killed", _("返程：打包途中断电"), "killed", died)
    found = parties.receive(Path(parties.seller.pack(job=job)))
    yield _nothing_stands("back-reconcile", _("返程：核对"), found)
    yield from _loaded(parties, moving, before, name="back-")
    yield from _passed(parties, moving, name="back-")


def _until_frozen(parties: Parties, moving: int, *, stays: int | None = None) -> Iterator[Step]:
    seller, back = parties.seller, "" if stays is not None else "back-"
    seller.walk(until="data_room")
    seller.file_papers()
    yield Step(f"{back}room", _("备好尽调资料"), "done", seller.show_room())
    seller.walk(until="notice")
    seller.choose()
    if stays is not None:
        left = seller.stay(number=stays)
        yield Step("stays", _("一名有争议的客户不转"), "1", str(len(left)))
    told = seller.write_letters()
    reached = f"{moving} / 0"
    found = " ".join([f"{told['sent'] + told['printed']} / {told['failed']}", *told["why"]])
    yield Step(f"{back}letters", _("逐人告知：送达 / 未送达"), reached, found)
    parties.later(days=2)
    seller.close_letters()
    seller.walk(until="freeze")
    frozen = seller.freeze()
    yield Step(f"{back}freeze", _("冻结名单与合计"), str(moving), frozen["customers"])
    seller.walk(until="package")
    parties.buyer.walk(until="receive")
    seller.enter_invitation(paper=parties.buyer.invite())


def _packed_badly(parties: Parties, folder: Path) -> Iterator[Step]:
    """A lost, a doubled and an altered record; a package that others touched; the same once more."""
    seller, buyer = parties.seller, parties.buyer
    seller.spoil(mistakes=MISTAKES)
    path = parties.pack()
    wrong = seller.spoiled()
    yield from _refused(parties, path, folder)
    arrival = buyer.take(path=str(path))
    died = killed(buyer, "lay-out-after-commit", "lay_out", arrival=arrival)
    yield Step("lay-out-killed", _("拆包途中断电"), "killed", died)
    buyer.lay_out(arrival=arrival)
    found = parties.reconciled()["differences"]
    named = {(what, ref) for what, ref, _part in found}
    for what, how, does in (
        ("lost", "lost", _("漏掉一名客户")),
        ("count", "doubled", _("一件资料重复")),
        ("amount", "premium", _("一笔保费被改动")),
    ):
        said = "named" if (what, wrong[how]) in named else "not-named"
        yield Step(f"mistake-{how}", does, "named", said)
    others = {ref for what, ref in named if what != "nobody"} - set(wrong.values())
    yield Step("nobody-else", _("其他客户被说成有误"), "0", str(len(others)))
    yield Step("load-refused", _("有差异时要求装入"), "not-reconciled", tried(buyer.load))
    yield Step("again-refused", _("同一移交包再收一次"), "again", tried(buyer.take, path=str(path)))
    job = seller.order_again(refs=sorted(wrong.values()))
    put_right = parties.receive(Path(seller.pack(job=job)))
    yield _nothing_stands("put-right", _("补发后核对"), put_right)


def _refused(parties: Parties, path: Path, folder: Path) -> Iterator[Step]:
    for name, does, code, alter in (
        ("flipped", _("途中改动一个比特"), "signature", _flip),
        ("cut", _("途中截断"), "not-a-package", _cut),
    ):
        altered = folder / f"{name}.book"
        shutil.copyfile(path, altered)
        alter(altered)
        yield Step(name, does, code, tried(parties.buyer.take, path=str(altered)))
        altered.unlink()
    elsewhere = tried(parties.seller.take, path=str(path))
    yield Step("elsewhere", _("交给另一家机构"), "unknown-sender", elsewhere)
    yield Step(
        "nothing-came", _("被拒之后留下的文件"), "0", str(parties.buyer.leftovers()["files"])
    )


def _flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        (byte,) = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1000)


def _changed_late(parties: Parties, moving: int) -> Iterator[Step]:
    parties.seller.change_policy(number=5)
    found = parties.receive(parties.pack())
    yield _nothing_stands("delta", _("冻结之后的变化另行移交"), found)
    yield Step("once", _("到达的客户，各计一次"), str(moving), str(parties.buyer.records()))


def _loaded(parties: Parties, moving: int, before: list[str], *, name: str = "") -> Iterator[Step]:
    buyer = parties.buyer
    seen = buyer.visible()
    buyer.order_load()
    died = killed(buyer, "load-after-commit", "go_on_loading")
    yield Step(f"{name}load-killed", _("装入途中断电"), "killed", died)
    yield Step(f"{name}load", _("续作装入"), "done", buyer.go_on_loading()["status"])
    after = buyer.plaintext(moving=True)
    same = "equal" if after == before else "different"
    yield Step(f"{name}equal", _("逐人比较两端全部明文"), "equal", same)
    yield Step(f"{name}unseen", _("交接之前可见的新客户"), "0", str(buyer.visible() - seen))


def _passed(parties: Parties, moving: int, *, name: str = "") -> Iterator[Step]:
    seller, buyer = parties.seller, parties.buyer
    moment = parties.sign()
    seen = buyer.visible()
    at = moment.isoformat()
    for which, house, who in (("seller", seller, _("转出方")), ("buyer", buyer, _("接收方"))):
        said = house.responsible(), house.responsible(at=at)
        one = all(list(each.values()) == [moving] for each in said) and said[0] != said[1]
        kept = "one-each" if one else str(said)
        yield Step(
            f"{name}answers-{which}",
            _says(who, _("任何时点每名客户恰有一家负责")),
            "one-each",
            kept,
        )
    parties.later(hours=3)
    died = killed(buyer, "go-live-before-commit", "sweep")
    yield Step(f"{name}live-killed", _("交接瞬间断电"), "killed", died)
    yield Step(f"{name}half-seen", _("断电之后可见的新客户"), "0", str(buyer.visible() - seen))
    buyer.sweep()
    came = buyer.visible() - seen
    yield Step(f"{name}live", _("交接之后可见的新客户"), str(moving), str(came))
    died = killed(seller, "ending-page", "sweep")
    yield Step(f"{name}end-killed", _("转出方收尾途中断电"), "killed", died)
    seller.sweep()
    for which, house, who in (("seller", seller, _("转出方")), ("buyer", buyer, _("接收方"))):
        left = "nothing" if house.leftovers() == NOTHING_LEFT else "something"
        yield Step(f"{name}left-{which}", _says(who, _("留下的钥匙、秘密与文件")), "nothing", left)


def _ended(parties: Parties) -> Iterator[Step]:
    """The seller may store what the law demands, and destroys the rest with a certificate."""
    seller = parties.seller
    yield Step("stored-only", _("转出之后，业务员查看同一客户"), "refused", seller.read())
    parties.later(days=2)
    done = seller.destroy()
    said = "certificate" if done["certificate"] and done["destroyed"] else "none"
    yield Step("destroy", _("法律不要求留存的，按批销毁并出具证明"), "certificate", said)
    for each, who in (("seller", _("转出方")), ("buyer", _("接收方"))):
        house = getattr(parties, each)
        house.walk()
        yield Step(f"log-{each}", _says(who, _("日志核验")), "whole", house.log())
        broken = "; ".join(house.invariants()) or "none"
        yield Step(f"invariants-{each}", _says(who, _("不变量")), "none", broken)


def _says(who: Any, does: Any) -> str:
    return gettext("%(who)s一侧：%(does)s") % {"who": who, "does": does}


def tried(act: Callable[..., Any], **said: Any) -> str:
    """The code of what stood in the way, or that nothing did."""
    try:
        act(**said)
    except Refused as refused:
        return refused.code
    return "done"


def _nothing_stands(name: str, does: Any, found: Any) -> Step:
    uneven = [line for line in found["lines"] if line[1] != line[2]]
    return Step(name, does, "0", str(len(found["differences"]) + len(uneven)))
