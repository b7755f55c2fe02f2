"""A relative at the door: his telephone, his browser, and his paper."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from custodian import outbox
from records.models import RelativeAsk
from records.relatives import looking
from tests import estate
from tests.corrections.cast import photo
from tests.sign_in import people
from tests.sign_in.people import Browser

DOOR, CODE, ASK, DONE = (f"/portal/relative/{step}" for step in ("", "code/", "ask/", "done/"))
MOBILE = "13912345678"
NAME = "李大山"
TEXT = "办理继承需要"


class Kin(Browser):
    def begin(self, address: str = MOBILE, contact: str = "mobile") -> Any:
        answer = self.post(DOOR, contact=contact, address=address)
        people.deliver()
        return answer

    def prove(self, address: str = MOBILE) -> Any:
        before = len(outbox.messages())
        self.begin(address)
        said = outbox.messages()
        assert len(said) == before + 1, "no code came"
        return self.post(CODE, code=people.code_in(said[0].text))

    def ask(self, paper: bytes | None = None, *, called: str = "死亡证明.jpg", **more: str) -> Any:
        body = {
            "policy_number": people.POLICY, "id_number": people.ID_NUMBER, "name": NAME,
            "relation": "child", "wants": "copy", "text": TEXT, **more,
        }  # fmt: skip
        return self.upload(ASK, paper, called=called, **body)

    def upload(
        self, place: str, paper: bytes | None = None, *, called: str = "a.jpg", **body: str
    ) -> Any:
        content = photo() if paper is None else paper
        return self.client.post(
            place, {**body, "paper": SimpleUploadedFile(called, content)}, REMOTE_ADDR=self.address
        )


def filed(**more: str) -> RelativeAsk:
    """One that came, and the worker's turn."""
    kin = Kin()
    kin.prove()
    assert kin.ask(**more).status_code == 302
    return looked()


def newest() -> RelativeAsk:
    with estate.scopes.acting(estate.system()):
        return RelativeAsk.objects.latest("pk")


def looked() -> RelativeAsk:
    looking.work(newest().pk)
    return newest()


def count() -> int:
    with estate.scopes.acting(estate.system()):
        return int(RelativeAsk.objects.count())
