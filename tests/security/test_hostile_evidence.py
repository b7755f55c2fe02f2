"""Hostile photos and PDFs: drawn anew or refused, and nothing else of them is ever kept or served (A29)."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from access import scopes
from records import documents
from records.evidence.contents import EvidenceRefused, kind_of
from records.evidence.intake import tidy_name
from records.evidence.stripping import LIMITS, Limits, strip
from records.models import CorrectionEvidence, Document
from tests import estate
from tests.corrections import files
from tests.corrections.cast import NEW_ADDRESS
from tests.corrections.files import SECRET, encoded, picture


def refused(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(EvidenceRefused) as error:
        strip(content, limits=limits)
    return error.value.because


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# -- what is kept -------------------------------------------------------------------------------


def test_where_and_with_what_a_photo_was_taken_is_gone():
    brought = files.photo_of_a_place()
    assert opened(brought).getexif().get_ifd(0x8825)
    kept = strip(brought)
    shown = opened(kept.content)
    assert (kept.media_type, kept.pages, shown.format) == ("image/jpeg", 1, "JPEG")
    assert not dict(shown.getexif())
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET.encode() not in kept.content
    # Turned the right way up before the note that says so is gone.
    assert shown.size == (600, 800)


def test_the_words_in_a_png_are_gone():
    kept = strip(files.png_with_words())
    assert SECRET.encode() not in kept.content
    assert opened(kept.content).format == "JPEG"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_kind_are_drawn_anew(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = picture(mode="L") if mode == "I;16" else picture(mode=mode if mode != "I;16" else "L")
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 256).convert("I;16")
    shown = opened(strip(encoded(image, kind)).content)
    assert (shown.mode, shown.size) == ("RGB", (600, 800))


def test_a_large_photo_is_made_no_larger_than_needed_for_reading():
    kept = strip(encoded(picture((5000, 3000)), "JPEG", quality=60))
    assert max(opened(kept.content).size) == LIMITS.side


def test_a_pdf_is_kept_as_pictures_of_its_pages():
    brought = files.pdf_with_everything()
    assert SECRET.encode() in brought
    kept = strip(brought)
    assert (kept.media_type, kept.pages) == ("application/pdf", 1)
    for gone in (b"JavaScript", b"/JS", b"OpenAction", b"EmbeddedFile", b"launchURL", b"/Author",
                 b"/Annot", b"/Metadata", SECRET.encode()):  # fmt: skip
        assert gone not in kept.content, gone


def test_pages_are_counted_and_bounded():
    assert strip(files.pdf(3)).pages == 3
    assert refused(files.pdf(7)) == "pages"


# -- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + b"\0" * 64, "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "type"),
        (b"<!doctype html><script>x()</script>", "type"),
        (b"GIF89a" + b"\0" * 64, "type"),
        (b"PK\x03\x04" + b"\0" * 64, "type"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 64, "heic"),
        (b"\0\0\0\x1cftypavif" + b"\0" * 64, "heic"),
        (b" \n%PDF-1.7", "type"),
        (b"\xff\xd8\xff\xe0 and then nothing", "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "unreadable"),
        (b"%PDF-1.7\n%%EOF", "unreadable"),
    ],
)  # fmt: skip
def test_what_is_neither_photo_nor_pdf_is_refused_by_its_content(content, code):
    assert refused(content) == code


def test_half_a_photo_is_refused():
    whole = encoded(picture(), "JPEG")
    assert refused(whole[: len(whole) // 2]) == "unreadable"


def test_too_large_too_small_too_thin_too_dark_and_blank():
    assert refused(b"\xff\xd8\xff" + b"\0" * (LIMITS.largest + 1)) == "size"
    assert refused(encoded(picture((60, 60)), "PNG")) == "too-small"
    assert refused(encoded(picture((200, 9000)), "PNG")) == "pixels"
    assert refused(encoded(Image.new("RGB", (600, 800), (3, 3, 3)), "JPEG")) == "dark"
    assert refused(encoded(Image.new("RGB", (600, 800), "white"), "JPEG")) == "blank"


def test_a_few_bytes_that_unfold_to_gigabytes_are_refused_unopened():
    bomb = files.bomb_png()
    assert len(bomb) < 200_000
    assert refused(bomb) == "pixels"


def test_a_page_as_wide_as_a_city_costs_no_more_than_any_other():
    strip(files.pdf(box=(14_000, 14_000)))
    assert refused(files.pdf(box=(2, 14_000))) in {"pixels", "unreadable", "memory", "time"}


def test_a_locked_pdf_says_so():
    assert refused(files.pdf_locked()) in {"encrypted", "unreadable"}


def test_whoever_eats_memory_or_time_is_ended():
    tight = Limits(memory=120 << 20)
    assert refused(encoded(picture((4000, 4000)), "JPEG", quality=30), tight) in {
        "memory",
        "unreadable",
    }


# -- two things at once -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behind",
    [b"<script>alert(1)</script>", b"<?php system($_GET['x']); ?>", b"%PDF-1.7\n/JavaScript"],
)
def test_what_hangs_behind_a_photo_is_cut_off(behind):
    kept = strip(encoded(picture(), "JPEG") + behind)
    assert behind not in kept.content


def test_an_archive_behind_a_photo_is_cut_off():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("evil.txt", SECRET)
    kept = strip(encoded(picture(), "PNG") + out.getvalue())
    assert not zipfile.is_zipfile(io.BytesIO(kept.content))


def test_only_what_it_says_it_is_opens_it():
    """A file that begins as one kind is never handed to the reader of another."""
    assert kind_of(b"\xff\xd8\xff").value == "jpeg"
    tiff = encoded(picture(), "TIFF")
    assert refused(tiff) == "type"
    assert refused(b"\xff\xd8\xff" + tiff) == "unreadable"
    assert refused(b"\x89PNG\r\n\x1a\n" + encoded(picture(), "GIF")) == "unreadable"


# -- on its way -----------------------------------------------------------------------------------


def test_a_name_is_shown_without_folders_and_tricks():
    assert tidy_name("../../etc/passwd") == "passwd"
    assert tidy_name("C:\\fakepath\\户口簿.jpg") == "户口簿.jpg"
    assert tidy_name("a\u202egpj.exe") == "agpj.exe"
    assert tidy_name("\n\r\t") == "—"
    assert len(tidy_name("x" * 900)) == 120


@pytest.fixture
def cast(db, settings, tmp_path):
    from tests.corrections.cast import Cast
    from tests.records import desk_estate

    settings.VAR = tmp_path
    desk_estate.open_all_day()
    return Cast()


@pytest.fixture
def client(cast):
    from django.test import Client

    from tests.portal.people import signed_in

    return signed_in(Client(headers={"accept-language": "zh-hans"}), cast.customer)


@pytest.fixture
def draft(cast):
    found = cast.begin(cast.customer, "address")
    cast.propose(cast.customer, found, identity__address=NEW_ADDRESS)
    return found


def send(client, draft, content, name="../../张伟.jpg.exe", kind="image/svg+xml"):
    paper = SimpleUploadedFile(name, content, content_type=kind)
    return client.post(f"/portal/corrections/{draft.ref}/evidence/", {"act": "add", "paper": paper})


def test_what_is_kept_is_sealed_and_served_as_what_it_is(cast, client, draft, tmp_path):
    brought = files.photo_of_a_place()
    assert send(client, draft, brought).status_code == 302
    everything = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert b"\xff\xd8\xff" not in everything[:3]
    assert SECRET.encode() not in everything
    assert b"JFIF" not in everything
    shown = client.get(f"/portal/corrections/{draft.ref}/papers/1/")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert SECRET.encode() not in b"".join(shown.streaming_content)
    with scopes.acting(estate.system()):
        paper = Document.objects.get()
    assert paper.received_size == len(brought)
    assert paper.received_digest
    assert (paper.channel, paper.added_by_id) == ("portal", None)


def test_what_is_refused_leaves_nothing(cast, client, draft, tmp_path):
    for content in (files.bomb_png(), b"<html>", encoded(picture(), "JPEG")[:4000]):
        answer = send(client, draft, content)
        assert answer.status_code == 422
        assert "张伟" not in answer.content.decode()
    with scopes.acting(estate.system()):
        assert not Document.objects.exists()
        assert not CorrectionEvidence.objects.exists()
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each.suffix == ".sealed"]


def test_the_names_of_files_stand_in_no_log(cast, client, draft, caplog, entries_since):
    send(client, draft, files.photo_of_a_place())
    assert "张伟" not in caplog.text
    estate.drain()
    assert all("张伟" not in entry.leaf for entry in entries_since())


def test_eleven_megabytes_are_read_and_thrown_away(cast, client, draft):
    answer = send(client, draft, b"\xff\xd8\xff" + b"\x55" * (11 << 20))
    assert answer.status_code == 422
    assert "超过 10 MB" in answer.content.decode()


def test_a_file_where_none_is_asked_for_is_dropped(cast, client, draft):
    paper = SimpleUploadedFile("a.jpg", encoded(picture(), "JPEG"), content_type="image/jpeg")
    place = f"/portal/corrections/{draft.ref}/value/"
    client.post(place, {"address": NEW_ADDRESS, "paper": paper})
    with scopes.acting(estate.system()):
        assert not Document.objects.exists()


def test_somebody_who_is_not_in_uploads_nothing(cast, draft):
    from django.test import Client

    answer = send(Client(), draft, encoded(picture(), "JPEG"))
    assert answer.status_code == 302
    assert "/portal/sign-in/" in answer["Location"]
    with scopes.acting(estate.system()):
        assert not Document.objects.exists()


def test_a_second_file_in_the_same_form_is_skipped(cast, client, draft):
    two = [SimpleUploadedFile(f"{n}.jpg", encoded(picture(), "JPEG")) for n in range(2)]
    client.post(f"/portal/corrections/{draft.ref}/evidence/", {"act": "add", "paper": two})
    with scopes.acting(estate.system()):
        assert Document.objects.count() <= 1


def test_hashes_of_files_cannot_be_compared_without_the_key(cast, client, draft):
    import hashlib

    content = encoded(picture(), "JPEG")
    send(client, draft, content)
    with scopes.acting(estate.system()):
        paper = Document.objects.get()
    assert bytes(paper.received_digest) != hashlib.sha256(content).digest()
    assert documents.CONTENT
