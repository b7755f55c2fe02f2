"""The back office's page of the letters: the draft, four eyes, how they went, and what was answered."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods, require_POST

from access import actors, gate, scopes
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.law import clocks as law_clocks
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from records.letters import showing
from records.notices import delivering
from records.notices.contents import TAGS
from transfers import board
from transfers.admin_frame import READ, TOLD, template, transfer_of
from transfers.board import Fact
from transfers.choosing import selecting
from transfers.letters import arrived, drafting, printing, recipients, sending, texts
from transfers.models import LetterBatch, Stage, Transfer, TransferClock, TransferNotice
from transfers.seller_forms import LetterForm

PROPOSE, PRINT = Action.LETTERS_PROPOSE, Action.LETTERS_PRINT
HERE: Final = "admin:transfer_letters"
Batch, Answer = LetterBatch.Stage, TransferNotice.Answer


@page("transfer/<str:code>/letters/", name="transfer_letters", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, code: str) -> HttpResponse:
    posts = request.method == "POST"
    transfer = transfer_of(request, code, PROPOSE if posts else READ)
    form = _form(request, transfer)
    if posts and form.is_valid() and _kept(request, transfer, form):
        return redirect(HERE, transfer.code)
    enter(request, READ, row=transfer.code)
    return _page(request, transfer, form, status=422 if form.errors else 200)


def _form(request: HttpRequest, transfer: Transfer) -> LetterForm:
    newest = LetterBatch.objects.filter(transfer=transfer).first()
    letter = texts.read(transfer, newest.content) if newest else texts.proposed(transfer)
    draft = newest if newest and newest.stage in {Batch.DRAFT, Batch.RETURNED} else None
    return LetterForm(
        request.POST if request.method == "POST" else None,
        transfer=transfer,
        letter=letter,
        reply_by=draft.reply_by if draft else None,
    )


def _kept(request: HttpRequest, transfer: Transfer, form: LetterForm) -> bool:
    """As a draft; and put up, if that was asked for."""
    actor = actor_of(request)
    try:
        batch = drafting.draft(
            transfer, form.letter(), reply_by=form.cleaned_data.get("reply_by"), actor=actor
        )
        if request.POST.get("act") == "send":
            drafting.submit(batch, actor=actor)
            messages.info(request, _("已提交，待另一位合规官复核后发送。"))
            return True
    except texts.Incomplete as error:
        form.blame(error)
        return False
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        form.add_error(None, str(getattr(error, "message", "") or _("状态已变，没有改动。")))
        return False
    messages.info(request, _("草稿已保存。"))
    return True


def _page(
    request: HttpRequest, transfer: Transfer, form: LetterForm, *, status: int
) -> HttpResponse:
    actor = actor_of(request)
    batches = list(LetterBatch.objects.filter(transfer=transfer).select_related("approval"))
    waiting = next((each for each in batches if each.stage == Batch.WAITING), None)
    running = next(
        (
            each
            for each in batches
            if each.stage == Batch.APPROVED and each.status != JobStatus.DONE
        ),
        None,
    )
    may = _changeable(transfer) and gate.may(actor, PROPOSE)
    rows = TransferNotice.objects.filter(transfer=transfer)
    newest = next((each for each in batches if each.stage != Batch.RETURNED), None)
    context = {
        "title": _("告知与答复") if transfer.is_sellers else _("承接后的告知"),
        "transfer": transfer,
        "batches": batches,
        "waiting": waiting,
        "said": waiting.approval.decisions.select_related("decided_by")
        if waiting and waiting.approval
        else (),
        "running": running,
        "recipients": recipients.counts(transfer),
        **showing.shown(rows),
        "restricted_words": _restricted(transfer, rows),
        "print_url": reverse("admin:transfer_letters_print", args=[transfer.code]),
        "retry_url": reverse("admin:transfer_letters_retry", args=[transfer.code])
        if may and waiting is None
        else "",
        "answers": _answers(rows) if transfer.is_sellers else [],
        "asks": bool(recipients.asked(transfer)),
        "clock": _clock(transfer),
        "may_print": gate.may(actor, PRINT),
        "shown": [(tag, _told(newest, tag)) for tag in TAGS.values()] if newest else [],
        "form": form if may and waiting is None else None,
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "marked": True,
    }
    return template(request, "letters", context, status=status)


def _restricted(transfer: Transfer, rows: Any) -> str:
    """What becomes of those whose data are stored only."""
    n = rows.filter(state=TransferNotice.State.FAILED, note=delivering.RESTRICTED).count()
    if transfer.is_sellers:
        words = ngettext(
            "%(shown)s 人的资料只存不用，不能打开写信：须同意的留在本公司，其余由公告告知。",
            "%(shown)s 人的资料只存不用，不能打开写信：须同意的留在本公司，其余由公告告知。",
            n,
        )
    else:
        words = _("资料只存不用、不能打开写信的：%(shown)s；他们在客户服务里能看到。")
    return words % {"shown": f"{n:,}"}


def _changeable(transfer: Transfer) -> bool:
    if not transfer.is_sellers:
        return arrived.is_live(transfer)
    return transfer.status == Transfer.Status.OPEN and not selecting.is_frozen(transfer)


def _clock(transfer: Transfer) -> Any:
    """By when the buyer has to have told everybody; the seller's days stand on the board."""
    if transfer.is_sellers:
        return None
    row = TransferClock.objects.filter(transfer=transfer, rule=arrived.rule(transfer)).first()
    return law_clocks.shown(row) if row else law_clocks.not_begun(arrived.rule(transfer))


def _told(batch: LetterBatch, tag: str) -> Any:
    with override(tag):
        return texts.told(batch, asks=bool(recipients.asked(batch.transfer)))


def _answers(rows: Any) -> list[dict[str, Any]]:
    counts = dict(rows.order_by().values_list("answer").annotate(n=Count("pk")))
    tones = {Answer.AGREED: "", Answer.OBJECTED: "warn", Answer.NONE: ""}
    ordered = (Answer.AGREED, Answer.OBJECTED, Answer.NONE)
    return showing.shares(
        [(code.label, counts.get(code.value, 0), tones[code]) for code in ordered]
    )


@page(
    "transfer/<str:code>/letters/print/",
    name="transfer_letters_print",
    action=PRINT,
    logs_itself=True,
)
@require_POST
def print_letters(request: HttpRequest, code: str) -> HttpResponse:
    """The next sheet, or one that was lost, as PDF; on record before the first byte."""
    transfer = transfer_of(request, code, PRINT)
    asked = request.POST.get("sheet", "")
    actor = actor_of(request)
    try:
        if asked.isdecimal() and len(asked) < len("1000000"):
            number, body = int(asked), printing.print_again(transfer, int(asked), actor=actor)
        else:
            number, body = printing.print_next(transfer, actor=actor)
    except printing.NothingToPrint as error:
        messages.error(request, str(error.message))
        return redirect(HERE, transfer.code)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{transfer.code}-letters-{number}.pdf"'
    return response


@page(
    "transfer/<str:code>/letters/retry/",
    name="transfer_letters_retry",
    action=PROPOSE,
    logs_itself=True,
)
@require_POST
def retry(request: HttpRequest, code: str) -> HttpResponse:
    """Those that reached nobody are looked at again: a contact may have been put right meanwhile."""
    transfer = transfer_of(request, code, PROPOSE)
    n = sending.again(transfer, actor=actor_of(request))
    said = ngettext("重新发送 %(n)s 封。", "重新发送 %(n)s 封。", n) % {"n": f"{n:,}"}
    messages.info(request, said)
    return redirect(HERE, transfer.code)


def _facts(transfer: Transfer) -> list[Fact]:
    rows = TransferNotice.objects.filter(transfer=transfer)
    n = rows.filter(state__in=TransferNotice.DELIVERED).count()
    if not n:
        return []
    told = ngettext("已送出 %(n)s 封", "已送出 %(n)s 封", n) % {"n": f"{n:,}"}
    answered = rows.exclude(answer="").count()
    words = ngettext("%(n)s 人答复", "%(n)s 人答复", answered) % {"n": f"{answered:,}"}
    return [Fact(told), Fact(words, quiet=True)]


def _arrived_facts(transfer: Transfer) -> list[Fact]:
    """How many of who arrived have been told; the supervisor, who reaches nobody, reads it as well."""
    if not arrived.is_live(transfer):
        return []
    with scopes.acting(actors.system(sending.ACTOR)):
        rows = TransferNotice.objects.filter(transfer=transfer)
        n = rows.filter(state__in=TransferNotice.DELIVERED).count()
        everybody = recipients.counts(transfer).everybody
    return [Fact(_("已告知 %(n)s/%(m)s 人") % {"n": f"{n:,}", "m": f"{everybody:,}"})]


def _panel(transfer: Transfer, actor: Any) -> board.Panel | None:
    rows = TransferNotice.objects.filter(transfer=transfer)
    if not rows.exists() and not arrived.is_live(transfer):
        return None
    context = {
        "sells": transfer.is_sellers,
        "answers": _answers(rows),
        "delivery": showing.delivery(rows),
        "url": reverse(HERE, args=[transfer.code]),
    }
    return board.Panel("admin/transfers/letters_panel.html", context)


board.register_facts(Stage.NOTICE, _facts)
board.register_facts(Stage.GO_LIVE, _arrived_facts)
board.register_clocks(arrived.clocks)
board.register_panel("letters", _panel, order=10)
