"""The back office's page of a hand-over: papers to and fro, packages, the reconciliation, the receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.jobs import wake
from transfers import faults, going_on, hand_over_board, identity, invitations
from transfers.admin_frame import READ, done, template, transfer_of
from transfers.hand_over_forms import LoadForm, PackageForm, PaperForm, ReleaseForm
from transfers.handing_over import asking as ordering
from transfers.models import Receipt, Transfer
from transfers.receipts import accepting, releasing
from transfers.receiving import arriving, files
from transfers.receiving import asking as loading_asked

ORDER, ARRIVE, INVITE = Action.TRANSFER_ORDER, Action.TRANSFER_ARRIVE, Action.TRANSFER_INVITE
KINDS: Final = (ordering.KIND, loading_asked.KIND, accepting.KIND, releasing.KIND)
PAPERS: Final = ("card", "invitation", "acceptance", "release")


@page("transfer/<str:code>/hand-over/", name="transfer_hand_over", action=READ, logs_itself=True)
@require_safe
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code)
    if files.from_files(transfer):
        return redirect("admin:transfer_legacy", transfer.code)
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer)


def _drawn(
    request: HttpRequest, transfer: Transfer, *, status: int = 200, **forms: BaseForm
) -> HttpResponse:
    actor = actor_of(request)
    running = transfer.status == Transfer.Status.OPEN
    sells = transfer.is_sellers
    may = running and gate.may(actor, ORDER if sells else ARRIVE)
    facts = hand_over_board.sellers(transfer) if sells else hand_over_board.buyers(transfer)
    context = {
        "title": _("移交与对账"),
        "transfer": transfer,
        "known": _is_known(transfer),
        "may": may,
        "waiting": Approval.objects.waiting().filter(
            kind__in=KINDS, payload__transfer=transfer.code
        ),
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "receipt": Receipt.objects.filter(transfer=transfer).first(),
        "faults": faults.open_of(transfer) if gate.may(actor, Action.FINDING_READ) else (),
        "failed": going_on.failed(transfer),
        "invitations": transfer.invitations.all(),
        **facts,
        "board_facts": {"transfer": transfer, **facts},
        "paper_form": PaperForm(),
        "package_form": PackageForm(),
        "load_form": LoadForm(),
        "release_form": ReleaseForm(),
        **forms,
    }
    return template(request, "hand_over", context, status=status)


def _is_known(transfer: Transfer) -> bool:
    """Whether two people have confirmed the other party's key."""
    try:
        identity.key_of(transfer.counterparty)
    except identity.NoConfirmedKey:
        return False
    return True


def _offer(name: str) -> None:
    """The page of one of our own signed papers, to be given to the other party; no customer is in any."""

    @page(
        f"transfer/<str:code>/hand-over/{name}.json",
        name=f"transfer_hand_over_{name}",
        action=READ,
        logs_itself=True,
    )
    @require_safe
    def paper(request: HttpRequest, code: str) -> HttpResponse:
        transfer = transfer_of(request, code)
        content = _paper(transfer, name)
        enter(request, READ, row=transfer.code, view=name)
        if content is None:
            raise Http404
        response = HttpResponse(content, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{transfer.code}-{name}.json"'
        return response


for _name in PAPERS:
    _offer(_name)


def _paper(transfer: Transfer, name: str) -> bytes | None:
    receipt = Receipt.objects.filter(transfer=transfer).first()
    if name == "card":
        return identity.own_card()
    if name == "invitation" and not transfer.is_sellers:
        newest = transfer.invitations.filter(private_sealed__isnull=False).first()
        return invitations.paper(newest) if newest else None
    if receipt is None or name not in PAPERS:
        return None
    if name == "acceptance" and not transfer.is_sellers:
        return bytes(receipt.acceptance)
    if name == "release" and transfer.is_sellers:
        return bytes(receipt.release) or None
    return None


class OtherSide(CustodianError):
    """The step is the other party's."""

    code = "transfer-other-side"
    status = 409
    message = gettext_lazy("这一步由对方办理")


def _given(
    request: HttpRequest, transfer: Transfer, form: BaseForm, *, run: Callable[[], Any], said: str
) -> HttpResponse:
    """Do it and say so, or draw the page again with what stood in the way at its form."""
    status, name = 422, _NAMES[type(form)]
    if form.is_valid():
        ok, status = done(form, run)
        if ok:
            messages.info(request, said)
            return redirect("admin:transfer_hand_over", transfer.code)
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer, status=status, **{name: form})


def _told(
    request: HttpRequest, transfer: Transfer, run: Callable[[], Any], said: str
) -> HttpResponse:
    """The same where there is nothing to fill in."""
    form = PaperForm({})
    form.errors.clear()
    ok, status = done(form, run)
    if ok:
        messages.info(request, said)
        return redirect("admin:transfer_hand_over", transfer.code)
    messages.error(request, " ".join(map(str, form.non_field_errors())))
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer, status=status)


def _invite(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    run = lambda: invitations.make(transfer, actor=actor_of(request))  # noqa: E731
    return _told(request, transfer, run, _("已生成一次性密钥，请下载邀请交给转出方。"))


def _enter_invitation(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES)
    return _given(
        request, transfer, form,
        run=lambda: invitations.enter(transfer, form.cleaned_data["paper"], actor=actor_of(request)),
        said=_("已录入对方的接收邀请。"),
    )  # fmt: skip


def _order(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    def run() -> None:
        invitation = transfer.invitations.first()
        if invitation is None:
            raise ordering.InvitationOver
        ordering.order(transfer, invitation, actor=actor_of(request))

    return _told(request, transfer, run, _("已提交，待另一位合规官复核后打包。"))


def _receive(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    form = PackageForm(request.POST, request.FILES)

    def run() -> None:
        from transfers.tasks import run_arrival  # the task leads back here

        arrival = arriving.take(
            form.cleaned_data["package"].chunks(arriving.PIECE),
            channel=Channel.ADMIN.value,
            actor=actor_of(request),
        )
        wake(run_arrival, arrival.pk)

    said = _("签名已核对，移交包在隔离区，正在逐条核验。")
    return _given(request, transfer, form, run=run, said=said)


def _go_on(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    run = lambda: going_on.go_on(transfer, actor=actor_of(request))  # noqa: E731
    return _told(request, transfer, run, _("已重新排队，从停下的地方继续。"))


def _load(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    form = LoadForm(request.POST)
    return _given(
        request, transfer, form,
        run=lambda: loading_asked.ask(transfer, form.cleaned_data["unit"], actor=actor_of(request)),
        said=_("已提交，待另一位合规官复核后载入。"),
    )  # fmt: skip


def _accept(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    run = lambda: accepting.ask(transfer, actor=actor_of(request))  # noqa: E731
    return _told(request, transfer, run, _("已提交，待另一位合规官复核后签发确认。"))


def _enter_acceptance(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES)
    return _given(
        request, transfer, form,
        run=lambda: accepting.enter(transfer, form.cleaned_data["paper"], actor=actor_of(request)),
        said=_("接收方的确认与本公司交付的一致，已录入。"),
    )  # fmt: skip


def _release(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    form = ReleaseForm(request.POST)
    return _given(
        request, transfer, form,
        run=lambda: releasing.ask(
            transfer, live_at=form.cleaned_data["live_at"], actor=actor_of(request)
        ),
        said=_("已提交，待另一位合规官复核后签发。"),
    )  # fmt: skip


def _enter_release(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES)
    return _given(
        request, transfer, form,
        run=lambda: releasing.enter(transfer, form.cleaned_data["paper"], actor=actor_of(request)),
        said=_("已录入转出方的确认，到交接时点自动启用。"),
    )  # fmt: skip


_NAMES: Final[dict[type[BaseForm], str]] = {
    PaperForm: "paper_form",
    PackageForm: "package_form",
    LoadForm: "load_form",
    ReleaseForm: "release_form",
}
_S, _B = Transfer.Side.SELLER, Transfer.Side.BUYER
_Act = Callable[[HttpRequest, Transfer], HttpResponse]
_ACTS: Final[dict[str, tuple[Action, str, _Act]]] = {
    "invite": (INVITE, _B, _invite),
    "enter-invitation": (INVITE, _S, _enter_invitation),
    "order": (ORDER, _S, _order),
    "go-on-packing": (ORDER, _S, _go_on),
    "go-on-receiving": (ARRIVE, _B, _go_on),
    "receive": (ARRIVE, _B, _receive),
    "load": (ARRIVE, _B, _load),
    "accept": (ARRIVE, _B, _accept),
    "enter-acceptance": (ORDER, _S, _enter_acceptance),
    "release": (ORDER, _S, _release),
    "enter-release": (ARRIVE, _B, _enter_release),
}


def _serve(name: str, action: Action, side: str, run: _Act) -> None:
    @page(
        f"transfer/<str:code>/hand-over/{name}/",
        name=f"transfer_{name.replace('-', '_')}",
        action=action,
        logs_itself=True,
    )
    @require_POST
    def act(request: HttpRequest, code: str) -> HttpResponse:
        transfer = transfer_of(request, code, action)
        if transfer.side != side:
            raise OtherSide
        return run(request, transfer)


for _name, (_action, _side, _run) in _ACTS.items():
    _serve(_name, _action, _side, _run)
