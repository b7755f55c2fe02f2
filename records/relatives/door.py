"""The pages for relatives before any session. They answer alike whoever is meant, and show nothing.

Nothing is filed, and no file is even read, before the contact has answered with its code.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.actors import Actor
from custodian import clock
from records import evidence
from records.evidence import Drawn, EvidenceRefused
from records.evidence.upload import takes_evidence_from
from records.models import SignInCode
from records.relatives import filing, limits
from records.relatives.filing import Asked, Enough, Filed
from records.relatives.forms import AskForm, ContactForm, MorePaperForm, ProofForm
from records.sign_in import codes, entering
from records.sign_in.codes import Verdict, WaitFirst
from records.sign_in.pages import UNSEEN, door, wait_words

CODE: Final = "relative.code"
PROVEN: Final = "relative.proven"
FILED: Final = "relative.filed"
BODY: Final = ("policy_number", "id_number", "name", "relation", "wants", "text")


@require_http_methods(["GET", "HEAD", "POST"])
@door("contact", "address")
def contact(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Where a code, and later the word of an answer, reaches him."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, "contact", form, _("已故客户的亲属"))
    said = form.cleaned_data
    try:
        asked = codes.ask_of_stranger(
            said["contact"], said["address"], whence=entering.whence(request)
        )
    except WaitFirst as error:
        entering.record_failure(request, "too-often")
        form.add_error(None, wait_words(error.seconds))
        return _page(request, "contact", form, _("已故客户的亲属"), status=error.status)
    request.session[CODE] = str(asked.ref)
    request.session.pop(PROVEN, None)
    return redirect("portal:relative_code")


@require_http_methods(["GET", "HEAD", "POST"])
@door("code")
def code(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    asked = _code_of(request, CODE)
    if asked is None:
        return redirect("portal:relative")
    form = ProofForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, "code", form, _("输入代码"))
    tried = codes.try_code(asked.ref, form.cleaned_data["code"], whence=entering.whence(request))
    if tried.verdict is Verdict.RIGHT:
        request.session.cycle_key()
        request.session.pop(CODE, None)
        request.session[PROVEN] = {"code": str(asked.ref), "at": clock.now().timestamp()}
        return redirect("portal:relative_ask")
    entering.record_failure(request, "bad-code")
    form.add_error("code", _("代码不对、已过期或试错太多次。请核对，或重新要一个"))
    return _page(request, "code", form, _("输入代码"))


def proven(request: Any) -> bool:
    """Whether this browser has shown that its contact answers, within the time for that."""
    held = request.session.get(PROVEN)
    if not isinstance(held, dict) or not isinstance(held.get("at"), float):
        return False
    return bool(clock.now().timestamp() - held["at"] <= limits.PROVEN_LASTS.total_seconds())


@takes_evidence_from(proven)
@require_http_methods(["GET", "HEAD", "POST"])
@door(*BODY, files=("paper",))
def ask(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Whom it is about, who he is, what he asks, and a first paper."""
    held = _proven_code(request)
    if held is None:  # also after he sent it, say by a second press
        return redirect("portal:relative_done" if FILED in request.session else "portal:relative")
    posted = request.method == "POST"
    form = AskForm(request.POST if posted else None, request.FILES if posted else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, "ask", form, _("您的申请"))
    paper = _drawn(form)
    if paper is None:
        return _page(request, "ask", form, _("您的申请"))
    said = {name: str(form.cleaned_data[name]) for name in BODY}
    try:
        ref = filing.file(held, Asked(**said), paper, actor=actor).ref
    except Filed:
        ref = filing.newest_of(held)
    except Enough as error:
        form.add_error(None, str(error.message))
        return _page(request, "ask", form, _("您的申请"), status=error.status)
    request.session[FILED] = str(ref)
    return redirect("portal:relative_done")


@takes_evidence_from(lambda request: proven(request) and FILED in request.session)
@require_http_methods(["GET", "HEAD", "POST"])
@door(files=("paper",))
def done(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """It came; what happens now; and another paper while he is here. Nothing of its state is told."""
    ref = request.session.get(FILED)
    if not isinstance(ref, str):
        return redirect("portal:relative")
    posted = request.method == "POST"
    form = MorePaperForm(request.POST if posted else None, request.FILES if posted else None)
    if not posted or not proven(request):
        return _page(
            request, "done", form, _("已收到您的申请"), more=proven(request), status=200, ref=ref
        )
    paper = _drawn(form) if form.is_valid() else None
    if paper is None:
        return _page(request, "done", form, _("已收到您的申请"), more=True, ref=ref)
    try:
        filing.add(UUID(ref), paper, actor=actor)
    except Enough as error:
        form.add_error(None, str(error.message))
        return _page(request, "done", form, _("已收到您的申请"), status=error.status, ref=ref)
    messages.success(request, _("又收到一份。"))
    return redirect("portal:relative_done")


def _drawn(form: Any) -> Drawn | None:
    upload = form.upload
    if upload is None:
        form.add_error("paper", _("请拍照或选择一个文件"))
        return None
    try:
        return evidence.draw(upload.content, name=upload.name or "")
    except EvidenceRefused as error:
        form.refuse(error)
        return None


def _proven_code(request: HttpRequest) -> SignInCode | None:
    if not proven(request):
        return None
    found = codes.of_browser(request.session[PROVEN]["code"], entering.whence(request))
    return found if found is not None and found.to_sealed is not None else None


def _code_of(request: HttpRequest, name: str) -> SignInCode | None:
    ref = request.session.get(name)
    return codes.of_browser(ref, entering.whence(request)) if isinstance(ref, str) else None


def _page(
    request: HttpRequest, name: str, form: Any, title: str, *, status: int = 0, **more: Any
) -> HttpResponse:
    context = {"title": title, "form": form, "days": limits.NOBODY_KEPT.days, **more}
    code = status or (UNSEEN if form.is_bound else 200)
    return render(request, f"portal/relative/{name}.html", context, status=code)
