"""Documents: sealed on the way in, and read through the same door as everything else."""

from __future__ import annotations

import pytest

from access.gate import PermitSpent, Refused
from access.vocabulary import Role
from custodian.errors import NotVisible
from records import archiving, documents, vault
from records.models import Document
from tests import estate

pytestmark = pytest.mark.django_db
CONTENT = "投保单：张三丰，手机 13800138000".encode() * 5000


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    """Another test's files must not come and go while this one counts its own."""
    settings.VAR = tmp_path


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def form(agent):
    customer = estate.customer(of=[agent])
    with estate.acting(agent) as actor:
        return archiving.add(
            customer,
            kind=Document.Kind.APPLICATION,
            name="张三丰的投保单.pdf",
            media_type="application/pdf",
            chunks=[CONTENT[:70_000], CONTENT[70_000:]],
            channel="desk",
            actor=actor,
        )


def test_a_document_is_read_back_by_who_may(agent, form, entries_since):
    with estate.acting(agent, stepped_up=True) as actor:
        permit = documents.permit_to_read(form, purpose="underwriting", channel="desk", actor=actor)
        assert entries_since()[-1].id == permit.entry
        assert b"".join(documents.read(form, permit)) == CONTENT
        with pytest.raises(PermitSpent):
            documents.read(form, permit)


def test_nothing_of_a_document_lies_on_the_disk_in_clear(form):
    stored = documents.path_of(form).read_bytes()
    assert len(stored) > len(CONTENT)
    assert "张三丰".encode() not in stored
    assert b"13800138000" not in stored
    assert documents.path_of(form).stat().st_mode & 0o077 == 0


def test_follow_up_does_not_open_a_document(agent, form):
    with estate.acting(agent, stepped_up=True) as actor, pytest.raises(Refused):
        documents.permit_to_read(form, purpose="follow_up", channel="desk", actor=actor)


def test_a_stranger_does_not_see_the_document(form):
    with estate.acting(estate.user(Role.AGENT)) as actor:
        assert not Document.objects.filter(pk=form.pk).exists()
        with pytest.raises(NotVisible):
            documents.permit_to_read(form, purpose="underwriting", channel="desk", actor=actor)


def test_a_permit_for_one_document_does_not_open_another(agent, form):
    other = Document(subject_id=form.subject_id, ref="d-other", kind="evidence")
    with estate.acting(agent, stepped_up=True) as actor:
        permit = documents.permit_to_read(form, purpose="underwriting", channel="desk", actor=actor)
        with pytest.raises(vault.NotCovered):
            documents.read(other, permit)


def test_a_transfer_that_breaks_off_leaves_nothing(agent):
    customer = estate.customer(of=[agent])
    before = set(documents.path_of(Document(ref="x")).parent.iterdir())

    def breaking():
        yield b"half"
        raise ConnectionError

    with estate.acting(agent) as actor:
        with pytest.raises(ConnectionError):
            archiving.add(
                customer,
                kind=Document.Kind.EVIDENCE,
                name="a.jpg",
                media_type="image/jpeg",
                chunks=breaking(),
                channel="desk",
                actor=actor,
            )
        assert not Document.objects.filter(subject_id=customer.pk).exists()
    assert set(documents.path_of(Document(ref="x")).parent.iterdir()) == before


def test_a_part_that_was_altered_is_found(agent, form):
    path = documents.path_of(form)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with estate.acting(agent, stepped_up=True) as actor:
        permit = documents.permit_to_read(form, purpose="underwriting", channel="desk", actor=actor)
        with pytest.raises(vault.Damaged):
            b"".join(documents.read(form, permit))


@pytest.mark.parametrize("nested", [False, True])
def test_files_go_where_the_transaction_around_them_does_not_end(agent, form, nested):
    """Or the storage check would find files that no row knows."""
    customer = estate.customer(of=[agent])
    folder = documents.path_of(form).parent

    def filed(actor):
        return archiving.add(
            customer, kind=Document.Kind.EVIDENCE, name="a.jpg", media_type="image/jpeg",
            chunks=[b"one"], channel="desk", actor=actor,
        )  # fmt: skip

    def falling(actor):
        with archiving.together():
            if nested:
                with archiving.together():
                    filed(actor)
            filed(actor)
            raise ConnectionError

    with estate.acting(agent) as actor:
        with pytest.raises(ConnectionError):
            falling(actor)
        assert list(folder.iterdir()) == [documents.path_of(form)]
        with archiving.together():
            kept = filed(actor)
        assert set(folder.iterdir()) == {documents.path_of(form), documents.path_of(kept)}
