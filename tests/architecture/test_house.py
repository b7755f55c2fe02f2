"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("custodian", "access", "records", "transfers", "incidents")
SOURCES = [
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
]
CEILING = 400
# A regulator reads the verifier as one file and runs it without anything else of ours.
ONE_FILE_ON_PURPOSE = {"custodian/tlog/verify.py": 1250}
# Each goes to an address of the settings, with its own list of hosts or of kinds, and follows nowhere.
REACHES_OUT = {
    "access/feed/lines.py": {"socket"},  # the name of this host
    "access/feed/syslog.py": {"socket"},
    "custodian/demo/processes.py": {"socket", "urllib"},  # the demo's own processes
    "custodian/embedded/processes.py": {"socket"},
    "custodian/embedded/valkey.py": {"socket"},
    "custodian/mail.py": {"smtplib"},
    "custodian/texting.py": {"urllib"},
    "custodian/tlog/cosigning.py": {"http", "socket"},
    "incidents/management/commands/listen_syslog.py": {"asyncio"},
    "incidents/syslog/listening.py": {"asyncio"},
    "custodian/tlog/witness_server.py": {"http", "socket", "socketserver"},
}
NETWORK = {
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "xmlrpc",
}  # fmt: skip
HARMLESS = {"urllib.parse", "urllib.error", "http.HTTPStatus", "ssl"}
GETTEXT = {"_", "gettext", "ngettext", "pgettext"}
NAMELESS = {"utils", "helpers", "services", "common", "misc"}
READS_A_SETTING = re.compile(r'env\.(?:text|flag|number|words)\(\s*"([A-Z_]+)"')


def test_imports_run_one_way():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_room_with_a_name(path):
    assert path.stem not in NAMELESS
    ceiling = ONE_FILE_ON_PURPOSE.get(str(path.relative_to(ROOT)), CEILING)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= ceiling


def test_every_setting_is_documented():
    documented = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    read = {
        name
        for path in SOURCES
        for name in READS_A_SETTING.findall(path.read_text(encoding="utf-8"))
    }
    assert read
    assert {name for name in read if f"`{name}`" not in documented} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_calls_an_address_that_somebody_gives(path):
    """A31: no partner, customer or file can make this house knock anywhere, as nothing else can knock."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {
                name
                for each in node.names
                if not {(name := f"{node.module}.{each.name}"), node.module} & HARMLESS
            }
    found = {name.partition(".")[0] for name in names - HARMLESS} & NETWORK
    assert found <= REACHES_OUT.get(str(path.relative_to(ROOT)), set())


def test_no_column_keeps_an_address_to_be_called():
    """A31."""
    from django.apps import apps
    from django.db.models import URLField

    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert len(fields) > 1000
    assert [field for field in fields if isinstance(field, URLField)] == []


def test_no_page_is_cached():
    from django.conf import settings

    assert not [name for name in settings.MIDDLEWARE if "cache" in name.lower()]


def test_model_text_shows_no_value(db):
    from tests import estate

    customer = estate.customer()
    assert str(customer) == customer.ref
    assert "张三丰" not in repr(customer)


def test_the_readme_names_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", readme, flags=re.MULTILINE))
    names = {name for pair in targets for name in pair if name}
    assert names >= {"demo", "test", "check", "arch"}
    assert all(re.search(rf"^{name}:", makefile, flags=re.MULTILINE) for name in names)
    for command in re.findall(r"manage\.py ([a-z_]+)", readme):
        places = [*ROOT.glob(f"*/management/commands/{command}.py")]
        assert places, command


def test_the_readme_is_short_before_its_map():
    words = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Map")[0].split()
    assert len(words) < 500


def test_compose_fits_what_the_product_reads():
    import yaml

    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    documented = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    named = {
        key for service in compose["services"].values() for key in service.get("environment", {})
    }
    ours = {key.removesuffix("_FILE") for key in named if not key.startswith("POSTGRES")}
    assert {key for key in ours if f"`{key}`" not in documented} == set()
    secrets = {
        name for service in compose["services"].values() for name in service.get("secrets", [])
    }
    assert secrets <= set(compose["secrets"])


def test_a_port_that_nobody_registered_fails_the_check(monkeypatch):
    from access import checks, ports

    assert checks.every_port_is_registered(None) == []
    monkeypatch.setattr(ports, "_registered", [])
    assert [error.id for error in checks.every_port_is_registered(None)] == ["access.E003"]


def test_compose_fits_its_schema():
    checker = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_refusal_without_words_fails_the_check(monkeypatch):
    from access import checks, reasons

    assert checks.every_refusal_has_words(None) == []
    monkeypatch.delitem(reasons.MESSAGES, "hours-not-covered")
    assert [error.id for error in checks.every_refusal_has_words(None)] == ["access.E002"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_to_translate_hides_in_an_f_string(path):
    """The extraction of texts does not look into them, and they would stay Chinese."""
    texts = (
        each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.JoinedStr)
    )
    calls = (part for text in texts for part in ast.walk(text) if isinstance(part, ast.Call))
    hidden = [call.lineno for call in calls if getattr(call.func, "id", "") in GETTEXT]
    assert not hidden


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_are_marked_by_names_that_the_extraction_knows(path):
    imports = (
        each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.ImportFrom)
    )
    names = [
        name.asname
        for each in imports
        if each.module == "django.utils.translation"
        for name in each.names
    ]
    assert set(names) <= {None, "_"}


def test_whoever_shows_a_finding_can_tell_it_in_words():
    """A web server imports what `ready` does, and no more: a teller elsewhere leaves an empty line."""
    tells = [
        str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for path in SOURCES
        if "TELLERS[" in path.read_text()
    ]
    asked = "import django, sys; django.setup(); print(*[each for each in sys.argv[1:] if each not in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", asked, *tells],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "custodian.settings"},
    )  # fmt: skip
    assert len(tells) > 10
    assert not said.stdout.strip()
