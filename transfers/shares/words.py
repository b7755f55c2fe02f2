"""Shares in words: how one stands, and whom it is about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from access import approvals
from custodian.jobs import JobStatus
from transfers.agreements.terms import Terms
from transfers.agreements.words import scope
from transfers.models import Share


def state(share: Share) -> tuple[str, str]:
    """In a word, with the tone of its tag."""
    if share.approved_at is None:
        waits = share.approval.status == approvals.Status.WAITING
        return (_("待复核"), "warn") if waits else (_("已退回"), "")
    if not share.is_open:
        return (_("已停止") if share.ended_at is not None else _("已结束")), ""
    if share.form == Share.Form.API:
        return (_("可取用"), "ok") if share.token else (_("还没有令牌"), "warn")
    return _of_file(share)


def _of_file(share: Share) -> tuple[str, str]:
    if share.removed:
        return str(share.get_removed_display()), ""
    if share.status == JobStatus.DONE:
        return (_("已取走") if share.taken_at else _("可取走")), "ok"
    failed = share.status in {JobStatus.FAILED, JobStatus.REFUSED}
    return str(share.get_status_display()), "danger" if failed else "info"


def chosen(share: Share) -> list[str]:
    """As it was narrowed within the agreement."""
    said = share.scope
    if customers := said.get("customers"):
        return [_("逐一写明的 %(n)s 名客户") % {"n": len(customers)}]
    terms = Terms.read(share.agreement.terms or share.agreement.draft or {})
    narrowed = {
        name: tuple(said.get(name) or getattr(terms, name))
        for name in ("books", "products", "units")
    }  # fmt: skip
    return scope(Terms.read({**terms.written(), **narrowed}))
