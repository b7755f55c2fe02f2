"""The stores of this app and of the evidence to its left: values, indexes, keys, files, links, exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from access import actors, erasure
from access.exports import jobs as exports
from access.exposure import unpacked
from access.models import Assignment, Export, Exposure, PortalLogin, Restriction, Seen
from access.vocabulary import Channel
from custodian import clock
from records import parts
from records.destruction.stores import Gone, Residue, Unreached, register
from records.integrity import HOLDINGS
from records.models import (
    BlindIndex,
    Claim,
    Correction,
    CorrectionClock,
    CorrectionCode,
    CorrectionConfirmation,
    CorrectionItem,
    CorrectionStep,
    Customer,
    CustomerRequest,
    Document,
    Keeping,
    Policy,
    PolicyRole,
    QuarantinedRow,
    Representative,
    RetentionEvent,
    Tombstone,
)

MOST: Final = 20  # of a kind of residue are named


class _ByPage:
    """A place that is looked through page by page."""

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


class _Keys(_ByPage):
    """The wrapped data keys: without them what is sealed opens nowhere."""

    name = "keys"
    label = _("数据密钥")

    def purge(self, gone: Gone) -> None:
        _ask("SELECT records_forget_holdings(%s::uuid[])", gone.all)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        sql = "SELECT holding FROM keys.data_key WHERE holding = ANY (%s::uuid[])"
        for (holding,) in _ask(sql, gone.all)[:MOST]:
            yield Residue(self.name, f"key of {holding}")


class _Values(_ByPage):
    """The sealed columns."""

    name = "values"
    label = _("加密存储的资料")

    def purge(self, gone: Gone) -> None:
        for kind, holdings in gone.holdings.items():
            _blank(kind, holdings)
            for rows in _parts(kind, holdings):
                rows.delete()
        _proposals(gone).update(value_sealed=None)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for kind, holdings in gone.holdings.items():
            for holding in _filled(kind, holdings)[:MOST]:
                yield Residue(self.name, f"{kind} {holding}")
            for rows in _parts(kind, holdings):
                for part in rows[:MOST]:
                    yield Residue(self.name, f"part of {kind} {part}")
        for item in _proposals(gone).filter(value_sealed__isnull=False)[:MOST]:
            yield Residue(self.name, f"proposal {item.pk}")


# What lies apart under these holdings goes with its row; a claim's steps stay, without their values.
_WHOLE: Final = frozenset({"financial", "request"})


def _parts(kind: str, holdings: Sequence[UUID]) -> Iterator[Any]:
    if kind in _WHOLE:
        whose = HOLDINGS[kind]._default_manager.filter(holding__in=holdings)
        for part in parts.PARTS[kind]:
            yield part.of(whose.values_list("pk", flat=True))


def _proposals(gone: Gone) -> Any:
    whose = Correction.objects.filter(holding__in=gone.holdings.get("correction", []))
    return CorrectionItem.objects.filter(correction__in=whose.values("pk"))


def _columns(kind: str) -> list[str]:
    fields = HOLDINGS[kind]._meta.concrete_fields
    return [each.name for each in fields if each.name.endswith("_sealed")]


def _blank(kind: str, holdings: Sequence[UUID]) -> None:
    changes: dict[str, Any] = dict.fromkeys(_columns(kind))
    if kind in {"policy", "claim"}:
        # Keyed fingerprints of what the row was called in its book, and of what the file said.
        changes |= {"row_digest": b""}
    if kind == "request":
        changes |= {"about": "", "details": {}, "outcome": {}}
    rows = HOLDINGS[kind]._default_manager.filter(holding__in=holdings)
    rows.update(state_mac=b"", origins={}, **changes)
    if kind in {"policy", "claim"}:
        _scatter(HOLDINGS[kind]._meta.db_table, "holding", [str(each) for each in holdings], "uuid")


def _scatter(table: str, key: str, values: Sequence[Any], of: str) -> None:
    """Chance in the place of a source number's fingerprint: it must be unique, and say nothing."""
    chance = "decode(replace(gen_random_uuid()::text, '-', ''), 'hex')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET source_digest = {chance} WHERE {key} = ANY (%s::{of}[])",  # noqa: S608  names are ours
            [list(values)],
        )


def _filled(kind: str, holdings: Sequence[UUID]) -> list[UUID]:
    table = HOLDINGS[kind]._meta.db_table
    filled = ", ".join(_columns(kind))
    sql = f"SELECT holding FROM {table} WHERE holding = ANY (%s::uuid[]) AND coalesce({filled}) IS NOT NULL"  # noqa: S608
    return [holding for (holding,) in _ask(sql, holdings)]


class _Indexes(_ByPage):
    """The blind indexes: without them nobody can ask whether somebody was a customer."""

    name = "indexes"
    label = _("盲索引")

    def purge(self, gone: Gone) -> None:
        BlindIndex.objects.filter(holding__in=gone.all).delete()

    def scan(self, gone: Gone) -> Iterator[Residue]:
        whole = [each.pk for each in gone.whole]
        for rows in (
            BlindIndex.objects.filter(holding__in=gone.all),
            BlindIndex.objects.filter(subject__in=whole),
        ):
            for each in rows[:MOST]:
                yield Residue(self.name, f"{each.element} of {each.holding}")


class _Files(_ByPage):
    """Files of evidence; ciphertext without a key until they are removed, right after the commit."""

    name = "files"
    label = _("证明文件")

    def purge(self, gone: Gone) -> None:
        """Not in the transaction: a file does not come back when one is rolled back."""

    def scan(self, gone: Gone) -> Iterator[Residue]:
        from records.documents import path_of

        for each in _documents(gone):
            if path_of(each).exists():
                yield Residue(self.name, f"file of {each.holding}")


def _documents(gone: Gone) -> Any:
    return Document.objects.filter(holding__in=gone.holdings.get("document", []))


def remove_files(gone: Gone) -> None:
    """After the commit; what a kill leaves here is removed before the certificate."""
    from records.documents import path_of

    for each in _documents(gone):
        path_of(each).unlink(missing_ok=True)


def remove_files_of_destroyed() -> int:
    """Those that came back with an old copy of the store, whose keys did not; how many there were."""
    from records.documents import path_of

    stones = Tombstone.objects.filter(gone=OuterRef("holding"))
    found = 0
    for each in Document.objects.filter(Exists(stones)).order_by("pk").iterator(2_000):
        if (path := path_of(each)).exists():
            path.unlink(missing_ok=True)
            found += 1
    return found


class _Register(_ByPage):
    """The bare rows: who is whose, what was noted, what was set aside."""

    name = "register"
    label = _("客户登记与隔离区")

    def purge(self, gone: Gone) -> None:
        Keeping.objects.filter(holding__in=gone.all).delete()
        Restriction.objects.filter(holding__in=gone.all).delete()
        whole = [each.pk for each in gone.whole]
        if not whole:
            return
        _quarantined(whole).delete()
        _scatter("records_customer", "subject_id", whole, "bigint")
        customers = Customer.objects.filter(subject__in=whole)
        customers.update(row_digest=b"", minor_until=None, intermediary=None)
        PolicyRole.objects.filter(subject__in=whole).delete()
        RetentionEvent.objects.filter(subject__in=whole).delete()
        for model in (
            CorrectionClock,
            CorrectionCode,
            CorrectionConfirmation,
            CorrectionStep,
        ):
            model.objects.filter(subject__in=whole).delete()
        PortalLogin.objects.filter(subject__in=whole).delete()
        for rows in (
            Representative.objects.filter(subject__in=whole),
            Representative.objects.filter(representative__in=whole),
        ):
            rows.delete()
        Assignment.objects.current().filter(subject__in=whole).update(until=clock.now())

    def scan(self, gone: Gone) -> Iterator[Residue]:
        whole = [each.pk for each in gone.whole]
        for name, rows in (
            ("role", PolicyRole.objects.filter(subject__in=whole)),
            ("assignment", Assignment.objects.current().filter(subject__in=whole)),
            ("event", RetentionEvent.objects.filter(subject__in=whole)),
            ("confirmation", CorrectionConfirmation.objects.filter(subject__in=whole)),
            ("step", CorrectionStep.objects.filter(subject__in=whole)),
            ("clock", CorrectionClock.objects.filter(subject__in=whole)),
            ("code", CorrectionCode.objects.filter(subject__in=whole)),
            ("login", PortalLogin.objects.filter(subject__in=whole)),
            ("restriction", Restriction.objects.filter(holding__in=gone.all)),
        ):
            for each in rows[:MOST]:
                yield Residue(self.name, f"{name} {each.pk}")


def _quarantined(whole: Sequence[int]) -> Any:
    """Rows set aside that show the customer's own number in the book."""
    digests = Customer.objects.filter(subject__in=whole).values("source_digest")
    return QuarantinedRow.objects.filter(kind="customer", key_digest__in=digests)


class _Links:
    """What the log links to her: her key, her list of looks, the exposure index, counts of the quotas."""

    name = "links"
    label = _("查询日志中的关联")

    def purge(self, gone: Gone) -> None:
        if gone.whole:
            actor = actors.system("destroyer")
            erasure.forget_all(list(gone.whole), channel=Channel.TASK, actor=actor)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        whole = [each.pk for each in gone.whole]
        keys = _ask("SELECT subject FROM keys.subject_key WHERE subject = ANY (%s)", whole)
        looks = _ask(
            "SELECT DISTINCT a.subject FROM querylog.subject_access a WHERE a.subject = ANY (%s::uuid[])",
            [each.uid for each in gone.whole],
        )
        for what, rows in (("log key", keys), ("looks", looks)):
            for (each,) in rows[:MOST]:
                yield Residue(self.name, f"{what} of {each}")
        for each in Seen.objects.filter(subject_id__in=whole)[:MOST]:
            yield Residue(self.name, f"seen {each.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterator[Residue]:
        """The exposure index: one pass over all its sets."""
        rows = Exposure.objects.all() if ordinals else Exposure.objects.none()
        for row in rows.iterator(chunk_size=500):
            for name in ("seen", "opened", "unexplained", "unasked"):
                if unpacked(getattr(row, name)) & ordinals:
                    yield Residue(self.name, f"exposure {row.pk} {name}")


class _Exports(_ByPage):
    """Files that were exported and are still kept."""

    name = "exports"
    label = _("导出文件")

    def purge(self, gone: Gone) -> None:
        exports.purge(gone.subjects)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        kept = Export.objects.filter(removed_at=None, included__overlap=list(gone.subjects))
        for each in kept[:MOST]:
            yield Residue(self.name, each.code)


class _Cache(_ByPage):
    """The key-value store: sessions, throttles and wake-up calls, none of which may name a customer."""

    name = "cache"
    label = _("缓存与消息队列")

    def purge(self, gone: Gone) -> None:
        """Nothing of a customer is put there."""

    def scan(self, gone: Gone) -> Iterator[Residue]:
        needles = _names(gone)
        client = redis.Redis.from_url(settings.REDIS_URL)
        try:
            for key in client.scan_iter(count=1_000):
                text = bytes(key) + b" " + _content(client, key)
                if needles & set(_CALLED.findall(text)):
                    yield Residue(self.name, key.decode(errors="replace")[:60])
        except redis.ConnectionError:
            raise Unreached from None


def _content(client: Any, key: bytes) -> bytes:
    """As bytes whatever it is; what is read here stays here."""
    reads: Mapping[bytes, Any] = {
        b"string": lambda: [client.get(key)],
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
        b"zset": lambda: client.zrange(key, 0, -1),
    }
    read = reads.get(client.type(key))
    return b" ".join(each for each in read() if each) if read else b""


# As uuids and public references are written.
_CALLED: Final = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb"|[a-z]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}"
)


def _names(gone: Gone) -> set[bytes]:
    """By what the customers and holdings are called: references and uuids, never values."""
    whole = [each.pk for each in gone.whole]
    refs = Customer.objects.filter(subject__in=whole).values_list("ref", flat=True)
    policies = Policy.objects.filter(holding__in=gone.holdings.get("policy", []))
    claims = Claim.objects.filter(holding__in=gone.holdings.get("claim", []))
    asked = CustomerRequest.objects.filter(holding__in=gone.holdings.get("request", []))
    corrections = Correction.objects.filter(holding__in=gone.holdings.get("correction", []))
    named = [
        each
        for rows in (policies, claims, asked, corrections)
        for each in rows.values_list("ref", flat=True)
    ] + list(refs)
    uuids = [*gone.all, *(each.uid for each in gone.whole)]
    return {each.encode() for each in named} | {str(each).encode() for each in uuids}


def _ask(sql: str, values: Iterable[Any]) -> list[Any]:
    wanted = [str(each) if isinstance(each, UUID) else each for each in values]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted])
        rows: list[Any] = cursor.fetchall()
    return rows


def ready() -> None:
    # The links go before the register's rows: exports and lists are found through them.
    for store in (
        _Keys(),
        _Values(),
        _Indexes(),
        _Files(),
        _Links(),
        _Exports(),
        _Register(),
        _Cache(),
    ):
        register(store)
