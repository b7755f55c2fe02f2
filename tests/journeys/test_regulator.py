"""The supervising office's story: a case, a bundle without anybody's leave, verified at home, and again later."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from access import tasks
from access.models import Bundle, Entry, User
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access import people
from tests.access.houses import stranger
from tests.security.looking import look

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("regulator-journey")]


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    from tests.access import houses

    with django_db_blocker.unblock(), houses.built(tmp_path_factory.mktemp("log")) as found:
        cache.clear()
        yield found


@dataclass
class Visitor:
    """Somebody at a browser, signed in with a password and a code; each code is good once."""

    user: User
    client: Client
    left: list[str]

    @classmethod
    def arrives(cls, user: User) -> Visitor:
        client, codes = stranger(), list(people.codes())
        people.sign_in(client, user, shown=codes[0])
        return cls(user, client, codes[1:])

    def waits(self) -> None:
        """So long that his code is no longer fresh."""
        session = self.client.session
        for record in session["account_authentication_methods"]:
            record["at"] -= settings.CUSTODIAN_STEP_UP_SECONDS + 60
        session.save()

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    def post(self, address: str, body: dict[str, object] | None = None) -> str:
        """Where the answer leads to."""
        answer = self.client.post(address, body or {})
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    def file(self, address: str, *, posted: bool = True) -> bytes:
        answer = self.client.post(address) if posted else self.client.get(address)
        assert answer.status_code == 200
        return answer.getvalue()


def forms(page: str, part: str) -> list[str]:
    """The addresses of the page's forms that hold this."""
    return [html.unescape(each) for each in re.findall(r'action="([^"]+)"', page) if part in each]


def at_home(folder: Path, bundle: str, *more: str) -> tuple[int, dict]:
    """The verifier by itself, in a folder with nothing of ours in it."""
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", bundle, "--policy", "log-policy.txt", *more, "--json"],
        cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/nowhere"},
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def test_an_office_takes_home_what_it_is_due_and_checks_it_without_us(house, tmp_path):
    agent, customer = house.agent, house.customer
    for _ in range(5):
        look(agent, customer)
    first = people.person(Role.COMPLIANCE_OFFICER, name="陈静")
    second = people.person(Role.COMPLIANCE_OFFICER, name="刘敏")
    guest = people.person(Role.REGULATOR, name="周明")
    today = clock.local().date()

    # An officer opens the case; he himself can only look at it.
    officer = Visitor.arrives(first)
    asked = {
        "title": "代理人的查询", "office": "江苏金融监管局", "letter": "苏金监函〔2026〕118号",
        "since": f"{today - timedelta(days=1)}", "until": f"{today}", "guests": [guest.pk],
        "operators": agent.staff_no, "access_until": f"{today + timedelta(days=30)}",
    }  # fmt: skip
    case = officer.post("/admin/cases/new/", asked)
    assert "待另一位合规官复核" in officer.page(case)
    approval = re.search(r'href="(/admin/approvals/[^"]+)"', officer.page(case))[1]
    assert "不能复核自己提出的事项" in officer.page(approval)

    # Another one reads what exactly it is, proves herself again, and approves it.
    other = Visitor.arrives(second)
    assert "1 项等待您复核。" in other.page("/admin/")
    page = other.page(approval)
    assert agent.staff_no in page
    digest = re.search(r'name="digest" value="(\w{64})"', page)[1]
    said = {"act": "approve", "digest": digest}
    other.waits()
    proving = other.post(approval, said)
    assert proving == f"/accounts/step-up/?next={approval}"
    assert other.post("/accounts/step-up/", {"code": other.left[-1], "next": approval}) == approval
    assert other.post(approval, said) == approval
    assert "已批准并生效。" in other.page(approval)

    # The office signs in, sees its one case, and needs nobody for a bundle.
    office = Visitor.arrives(guest)
    (place,) = {*re.findall(r'href="(/regulator/cases/[^"]+)"', office.page("/regulator/"))}
    assert place.removeprefix("/regulator") == case.removeprefix("/admin")
    days = {"since": asked["since"], "until": asked["until"]}
    assert office.post(f"{place}new/", days) == place
    assert "下载</button>" not in office.page(place)
    house.seal()
    tasks.build_bundle(newest(house).pk)
    page = office.page(place)
    bundle = tmp_path / "first.zip"
    bundle.write_bytes(office.file(*forms(page, "/download/")))
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert digest in page.replace("\n", "")

    # At home: the program, the policy, and nothing else of the insurer.
    (tmp_path / "verify.py").write_bytes(office.file("/log/verify.py", posted=False))
    (tmp_path / "log-policy.txt").write_bytes(office.file("/log/policy", posted=False))
    script = hashlib.sha256((tmp_path / "verify.py").read_bytes()).hexdigest()
    assert script in office.page("/regulator/verify/")
    code, found = at_home(tmp_path, "first.zip")
    assert (code, found["state"], found["left_out"]) == (0, "whole", "none")
    mine = Entry.objects.filter(actor=agent.ref, id__lt=found["size"]).count()
    assert found["entries"] == mine >= 5
    assert "extends" not in found
    assert zipfile.ZipFile(bundle).read("verify.py") == (tmp_path / "verify.py").read_bytes()
    assert office.post(*forms(page, "/verified/")) == place
    assert "核验" in officer.page(case)

    # It keeps a checkpoint; what it gets later has to continue from there.
    kept = tmp_path / "last.note"
    kept.write_bytes(office.file("/regulator/checkpoints/take/"))
    size = int(kept.read_text().split("\n")[1])
    assert "您最近取走的" in office.page("/regulator/checkpoints/")
    look(agent, customer)
    assert office.post(f"{place}new/", {**days, "operators": [agent.ref]}) == place
    house.seal()
    tasks.build_bundle(newest(house).pk)
    later = tmp_path / "second.zip"
    later.write_bytes(office.file(forms(office.page(place), "/download/")[0]))
    code, found = at_home(tmp_path, "second.zip", "--checkpoint", "last.note")
    assert (code, found["state"]) == (0, "whole")
    assert (found["extends"], found["entries"]) == (size, mine + 1)
    assert found["size"] > size
    told = subprocess.run(
        [sys.executable, "-I", "verify.py", later.name, "--policy", "log-policy.txt", "--checkpoint",
         "last.note"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"LANG": "zh_CN.UTF-8"},
    ).stdout  # fmt: skip
    assert told.startswith("完整")
    assert f"您持有的检查点 {size:,}" in told

    # One changed byte, or an older tree than the one it holds, and it is told so.
    forged(later, tmp_path / "forged.zip", b'"out":"ok"', b'"out":"no"')
    assert at_home(tmp_path, "forged.zip")[0] == 1
    newer = tmp_path / "newer.note"
    newer.write_bytes(office.file("/regulator/checkpoints/take/"))
    code, found = at_home(tmp_path, "first.zip", "--checkpoint", "newer.note")
    assert (code, found["state"]) == (3, "stale")

    # And all of it is itself in the log, under the names of those who did it.
    estate.drain()
    acts = [(entry.staff_no, json.loads(entry.leaf).get("what")) for entry in Entry.objects.all()]
    for person, what in (
        (first, "access:case:open"), (second, "access:session:step-up"),
        (second, "access:case:approve"), (guest, "access:session:open"),
        (guest, "access:bundle:prepare"), (guest, "access:bundle:take"),
        (guest, "access:checkpoint:take"),
    ):  # fmt: skip
        assert (person.staff_no, what) in acts
    assert acts.count((guest.staff_no, "access:bundle:take")) == 2
    # Closed: from the next request on there is nothing.
    officer.post(*forms(officer.page(case), "/close/"))
    assert office.client.get(place).status_code == 404
    assert place not in office.page("/regulator/")


def newest(house) -> Bundle:
    with house.everywhere():
        return Bundle.objects.order_by("-pk").first()


def forged(bundle: Path, to: Path, old: bytes, new: bytes) -> None:
    """The same bundle with one word of its entries exchanged."""
    shutil.copy(bundle, to)
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(to, "w") as target:
        changed = 0
        for info in source.infolist():
            content = source.read(info)
            if info.filename.startswith("tile/entries/") and not changed:
                changed = content.count(old)
                content = content.replace(old, new, 1)
            target.writestr(info, content)
    assert changed
