"""Both languages are whole: every text has its English, and no page mixes the two."""

from __future__ import annotations

import gettext
import io
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import translation

from access import reasons
from access.action_words import ACTS, WORDS
from access.actions import Action
from access.acts import ACT
from access.models import Unit, User
from custodian import elements
from custodian.site import wording
from tests.security import routes
from tests.security.things import PURPOSES
from tests.security.visitors import World

LOCALE = Path(__file__).resolve().parents[2] / "locale"
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
LATIN = re.compile(r"[A-Za-z]{4,}")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
# Formats, what a person may type, and what the tests themselves named in English.
ENGLISH_IN_CHINESE = {
    "Custodian", "English", "Excel", "JSON", "PostgreSQL", "Python", "VERIS", "Whole", "digit", "check", "cryptography",
    "example", "json", "last", "life", "name", "note", "parquet", "person", "policy", "qinghe", "xlsx",
}  # fmt: skip
# References and hashes hold letters by chance.
REFERENCE = re.compile(
    r"\b[EPS]-[0-9A-Z]{4}-[0-9A-Z]{4}\b|\b[a-z]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}\b|\b[0-9a-f]{8}\b|\bSYS-[A-Z]+\b|\bCUSTOMER\b"
    r"|\b[0-9a-f]{4}(?: (?:… )?[0-9a-f]{4})+\b|\bPostgreSQL \S+ @ \S+"
    r"|\bC-[A-Z]+-\d{2}\b|\bmanage\.py \w+"
)
# Texts that are the same in both: a name of a language, and lines that say everything twice.
SAME = re.compile(r"^简体中文$| / ")


def catalogue(language: str) -> dict[str, list[str]]:
    """Every message by its context and Chinese, with its texts, as written in the .po file."""
    source = (LOCALE / language / "LC_MESSAGES/django.po").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for block in source.split("\n\n")[1:]:
        said = dict.fromkeys(("msgctxt", "msgid", "msgid_plural"), "")
        texts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            keyword = re.match(r'(msg\w+(?:\[\d\])?) "', line)
            name = keyword[1] if keyword else name
            if '"' in line and not line.startswith("#"):
                piece = line[line.index('"') + 1 : -1]
                into = texts if name.startswith("msgstr") else said
                into[name] = into.get(name, "") + piece
        found[f"{said['msgctxt']}|{said['msgid']}"] = list(texts.values())
    return found


def source(language: str) -> str:
    return (LOCALE / language / "LC_MESSAGES/django.po").read_text(encoding="utf-8")


def test_every_text_has_its_english() -> None:
    empty = [key for key, texts in catalogue("en").items() if not texts or not all(texts)]
    assert empty == []


def test_no_english_is_a_guess_or_left_over() -> None:
    assert not re.search(r"^#, .*fuzzy|^#~", source("en"), re.MULTILINE)


def test_the_english_keeps_every_placeholder() -> None:
    changed = [
        key
        for key, texts in catalogue("en").items()
        for text in texts
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(key.partition("|")[2]))
    ]
    assert changed == []


def test_the_english_has_no_chinese_in_it() -> None:
    quoted = {
        "有效",
        "中止",
        "终止",
        "长期",
        "男",
        "汉",
    }  # what a person types into a form in Chinese
    left = {
        key: text
        for key, texts in catalogue("en").items()
        for text in texts
        if set(HAN.findall(text)) - quoted and not SAME.search(key.partition("|")[2])
    }
    assert left == {}


def test_the_english_is_said_calmly() -> None:
    loud = [
        text
        for texts in catalogue("en").values()
        for text in texts
        if "!" in text or re.search(r"\b[Pp]lease\b", text)
    ]
    assert loud == []


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    compiled = (LOCALE / language / "LC_MESSAGES/django.mo").read_bytes()
    got = gettext.GNUTranslations(io.BytesIO(compiled))._catalog  # type: ignore[attr-defined]
    told = {text for key, text in got.items() if key}
    written = {
        text.encode().decode("unicode_escape").encode("latin-1").decode() if "\\" in text else text
        for texts in catalogue(language).values()
        for text in texts
    }
    assert told == {text.replace('\\"', '"') for text in written}


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_gettext_itself_finds_no_fault_with_the_english() -> None:
    path = LOCALE / "en/LC_MESSAGES/django.po"
    checked = subprocess.run(
        ["msgfmt", "--check-format", "--check-domain", "-o", "/dev/null", str(path)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


def worded() -> Iterator[tuple[str, object]]:
    """Everything that is said outside a page: acts, reasons, elements, states."""
    for action in Action:
        yield f"action {action}", WORDS.get(action)
    marks = {"writer.open", "writer.close", "login.failed", "step-up.failed", "denied"}
    for act in {*ACT.values(), *marks}:
        yield f"act {act}", ACTS.get(act)
        yield f"tag {act}", wording.ACTS.get(act, (None,))[0]
    for code, sentence in reasons.MESSAGES.items():
        yield f"reason {code}", sentence
    for element in elements.catalogue():
        yield f"element {element.code}", element.label
    for state, (word, _tone) in wording.JOB_STATES.items():
        yield f"job {state}", word


def test_whatever_the_log_and_the_gate_can_say_has_words_in_both_languages() -> None:
    wrong = []
    for what, word in worded():
        with translation.override("zh-hans"):
            chinese = str(word)
        with translation.override("en"):
            english = str(word)
        if not HAN.search(chinese) or HAN.search(english) or word is None:
            wrong.append(f"{what}: {chinese} / {english}")
    assert wrong == []


def test_chinese_pages_keep_djangos_own_chinese_and_our_manner() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("January") == "一月"
        assert translation.gettext("This field is required.") == "此项必填，请填写"


class Reader(HTMLParser):
    """What a person is told by a page: its text and the attributes that are read out."""

    SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-label")
    SILENT = ("code", "script", "style", "template")
    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "html":
            self.language = told.get("lang") or ""
        classes = (told.get("class") or "").split()
        foreign = bool(told.get("lang")) and tag != "html"
        verbatim = told.get("translate") == "no"
        quiet = tag in self.SILENT or foreign or verbatim or "mono" in classes or "mask" in classes
        quiet = quiet or any(silent for _, silent in self._open)
        if not quiet:
            self.texts += [told[name] or "" for name in self.SPOKEN if told.get(name)]
        if tag not in self.VOID:
            self._open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(silent for _, silent in self._open):
            self.texts.append(data.strip())


@dataclass(frozen=True)
class Seen:
    """One page as one person got it."""

    what: str
    reader: Reader


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    return World()


def pages(world: World, language: str, *, everybody: bool) -> Iterator[Seen]:
    """Each page as each role that may open it gets it; forms also empty; a refusal, a page not found."""
    yield from page(world, "administrator", "GET", "/desk/", {}, language)
    yield from page(world, "agent", "GET", "/nothing/", {}, language)
    for row in routes.table():
        # The sheet of components shows specimens, not sentences.
        if row.surface == "api" or row.path == "components/":
            continue
        for method in {"GET", "POST"} & set(row.who):
            roles = sorted(row.who[method]) or ["anonymous"]
            for role in roles if everybody and method == "GET" else roles[:1]:
                address = row.address(world.thing(row.names), method)
                address = address.format(purpose=PURPOSES.get(role, "follow_up"))
                bodies = [row.body, {}] if method == "POST" else [{}]
                for body in bodies:
                    yield from page(world, role, method, address, body, language, fresh=row.fresh)


def page(
    world: World,
    role: str,
    method: str,
    address: str,
    body: Mapping[str, object],
    language: str,
    *,
    fresh: bool = False,
) -> Iterator[Seen]:
    kind = "fresh" if fresh else "stale"
    answer = world.ask(role, method, address, body, kind=kind, HTTP_ACCEPT_LANGUAGE=language)
    if answer.headers.get("content-type", "").startswith("text/html") and answer.body:
        yield Seen(f"{role} {method} {address} {dict(body)}", Reader(answer.body))


def data(world: World) -> list[str]:
    """Names and values that are what they are in either language; the longest first."""
    names = list(User.objects.values_list("name", flat=True))
    units = list(Unit.objects.values_list("name", flat=True))
    written = [
        "五分钟内揭示 40 名客户", "外部通报", "示例监管局", "示例保险", "示例中介", "核心系统", "青禾人寿",
        "中国", "江苏省徐州市云龙区", "示例银行徐州分行", "示例银行", "欧阳", "教师", "居民身份证", "张", "女",
        "刘敏", "青禾终身寿险", "长期", "示例", "中文", "事故车维修", "定损与维修", "按案件取得", "周正", "合同.pdf",
        "安全值班", "定损", "蓝江人寿", "恒信人寿保险有限公司", "恒信人寿", "徐汇账册转让", "徐汇账册", "吴越",
        "演练", "截图", "安全官", "网上出售的名单", "示例人寿", "李示例", "伪造", "协会", "病历", "医院",
        "加密、掩码、日志、限额", "平泰人寿", "来函附表", "行业通报", "保单号", "投保人", "手机",
    ]  # fmt: skip
    return sorted({*names, *units, *written}, key=len, reverse=True)


def without(text: str, known: list[str]) -> str:
    for each in known:
        text = text.replace(each, "")
    return text


@pytest.mark.django_db
def test_no_page_in_english_shows_a_word_of_chinese(world: World) -> None:
    known = ["汉 a Chinese character", *data(world)]  # it stands for one in a shape
    seen = list(pages(world, "en", everybody=True))
    left = {
        f"{each.what}: {text}"
        for each in seen
        for text in each.reader.texts
        if HAN.search(without(text, known))
    }
    assert sorted(left) == []
    assert len(seen) > 100
    assert {each.reader.language for each in seen} == {"en"}


@pytest.mark.django_db
def test_no_page_in_chinese_shows_a_stray_word_of_english(world: World) -> None:
    seen = list(pages(world, "zh-hans", everybody=False))
    left = {
        f"{word} in {text} ({each.what})"
        for each in seen
        for text in each.reader.texts
        for word in LATIN.findall(REFERENCE.sub("", text))
        if word not in ENGLISH_IN_CHINESE
    }
    assert sorted(left) == []
    assert {each.reader.language for each in seen} == {"zh-hans"}
