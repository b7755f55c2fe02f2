"""The supervising office's place: its open cases, bundles to take home, and how to verify them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor, person
from access.bundle_files import BundleForm, attachment, bundle_of
from access.bundles import jobs
from access.bundles.criteria import Criteria
from access.bundles.words import scope_words
from access.models import Bundle, Case, Checkpoint, Handout, User
from access.public_log import TEXT
from access.querylog.heads import Head, head_of, told_head
from access.querylog.standing import standing
from access.vocabulary import Channel, Purpose, Role
from custodian.jobs import JobStatus
from custodian.tlog import verify
from custodian.tlog.notes import fingerprint

CHANNEL = Channel.REGULATOR
MOST_CHECKPOINTS = 20
View = Callable[..., HttpResponseBase]


def guests_only(action: Action) -> Callable[[View], View]:
    """For a case's guests; the visit is on record, and so is a refusal."""

    def put(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return redirect(f"{reverse('account_login')}?next={request.path}")
            if actor.role not in {Role.REGULATOR, Role.AUDITOR}:
                gate.refuse(actor, action, because="role-not-covered", channel=CHANNEL)
            gate.permit(
                actor,
                action,
                purpose=purpose_of(actor),
                channel=CHANNEL,
                facts={"page": request.path},
            )
            return view(request, *args, actor=actor, **kwargs)

        return inner

    return put


def purpose_of(actor: Actor) -> str:
    return Purpose.REGULATION if actor.role is Role.REGULATOR else Purpose.AUDIT


@require_safe
@guests_only(Action.CASE_READ)
def cases(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    found = Case.objects.visible_to(actor).order_by("access_until")
    rows = [
        {"case": case, "scope": scope_words(Criteria.of_case(case), case.called)} for case in found
    ]
    return _page(request, "cases", actor, title=pgettext("列表", "案件"), rows=rows)


@require_safe
@guests_only(Action.CASE_READ)
def case(request: HttpRequest, ref: str, *, actor: Actor) -> HttpResponse:
    found = _case(ref, actor)
    bundles = list(
        Bundle.objects.visible_to(actor)
        .filter(case=found)
        .select_related("recipient", "requested_by", "case")
    )
    return _page(
        request,
        "case",
        actor,
        title=_("案件 %(ref)s：%(title)s") % {"ref": found.ref, "title": found.title},
        case=found,
        scope=scope_words(Criteria.of_case(found), found.called),
        bundles=[_told(bundle) for bundle in bundles],
        moving=any(bundle.status in {"queued", "running"} for bundle in bundles),
        newest=(newest := next((each for each in bundles if each.status == JobStatus.DONE), None)),
        seen=_seen(newest),
        **_checkpoints(actor, 4),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@guests_only(Action.CASE_READ)
def new_bundle(request: HttpRequest, ref: str, *, actor: Actor) -> HttpResponse:
    found = _case(ref, actor)
    form = BundleForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        jobs.request(
            found,
            form.criteria(),
            recipient=User.objects.get(ref=actor.ref),
            language=get_language() or "zh-hans",
            channel=CHANNEL,
            actor=actor,
        )
        messages.info(request, _("已申请。备好后可在本页下载。"))
        return redirect("regulator:case", found.ref)
    status = 422 if form.is_bound else 200
    return _page(
        request, "new_bundle", actor, status=status, title=_("申请取证包"), case=found, form=form
    )


@require_POST
@guests_only(Action.CASE_READ)
def download(request: HttpRequest, ref: UUID, *, actor: Actor) -> HttpResponseBase:
    found = bundle_of(ref, actor, purpose=purpose_of(actor), channel=CHANNEL)
    return attachment(found, jobs.take(found, channel=CHANNEL, actor=actor))


@require_POST
@guests_only(Action.CASE_READ)
def mark_verified(request: HttpRequest, ref: UUID, *, actor: Actor) -> HttpResponse:
    found = bundle_of(ref, actor, purpose=purpose_of(actor), channel=CHANNEL)
    jobs.verified(found, actor=actor)
    return redirect("regulator:case", found.case.ref)


@require_safe
@guests_only(Action.CASE_READ)
def checkpoints(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    context = _checkpoints(actor, MOST_CHECKPOINTS)
    return _page(request, "checkpoints", actor, title=_("检查点"), **context)


@require_POST
@guests_only(Action.CHECKPOINT_TAKE)
def take_checkpoint(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The newest head as a file to keep; what is taken is noted, and bundles will lead back to it."""
    head = told_head()
    if head is None:
        messages.info(request, _("还没有检查点。"))
        return redirect("regulator:checkpoints")
    Handout.objects.get_or_create(user_id=person(actor), size=head.size)
    response = HttpResponse(head.note, content_type=TEXT)
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{head.size}.note"'
    return response


@require_safe
@guests_only(Action.CASE_READ)
def how_to_verify(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    return _page(request, "verify", actor, title=_("如何核验"), **_checkpoints(actor, 1))


def _case(ref: str, actor: Actor) -> Case:
    found = Case.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        gate.refuse_unknown(
            actor, Action.CASE_READ, asked=ref[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    return found


def _seen(bundle: Bundle | None) -> str:
    """What the verifier printed about the bundle as it was made."""
    spoken = "zh" if get_language() == "zh-hans" else "en"
    return bundle.verdict.get(spoken, "") if bundle else ""


def _told(bundle: Bundle) -> dict[str, Any]:
    left = jobs.MOST_DOWNLOADS - bundle.downloads
    return {
        "bundle": bundle,
        "scope": scope_words(Criteria.load(bundle.criteria), bundle.case.called),
        "left": left,
        "of": jobs.MOST_DOWNLOADS,
        "gone": jobs.is_gone(bundle),
        "moving": bundle.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "done": bundle.status == JobStatus.DONE,
    }


def _checkpoints(actor: Actor, most: int) -> dict[str, Any]:
    """Heads of the tree against those that this person took away."""
    mine = set(Handout.objects.filter(user__ref=actor.ref).values_list("size", flat=True))
    newest = told_head()
    rows = Checkpoint.objects.filter(announced_at__isnull=False).order_by("-size")
    sizes = sorted({*mine, *([newest.size] if newest else [])}, reverse=True)[:most]
    heads = [head_of(row) for row in rows.filter(size__in=sizes)]
    now = standing()
    return {
        "heads": [_against(head, mine, newest, now.state(head.size - 1)) for head in heads],
        "newest_head": newest,
        "standing": now,
    }


def _against(head: Head, mine: set[int], newest: Head | None, state: str) -> dict[str, Any]:
    last = max(mine, default=0)
    if head.size == last:
        words = _("您最近取走的")
    elif newest is not None and head.size == newest.size:
        words = _("最新")
    else:
        words = _("您取走过，取证包会与它衔接")
    return {
        "head": head,
        "root": head.root.hex(),
        "state": state,
        "against": words,
        "fingerprint": fingerprint(head.note),
    }


def _page(
    request: HttpRequest, name: str, actor: Actor, *, status: int = 200, **context: Any
) -> HttpResponse:
    open_cases = Case.objects.visible_to(actor).order_by("-access_until")
    until = open_cases.values_list("access_until", flat=True).first()
    script = fingerprint(Path(verify.__file__).read_bytes())
    more = {"access_until": until, "marked": True, "script": script, **context}
    return render(request, f"regulator/{name}.html", more, status=status)
