"""The back office's pages of published texts: writing, seeing beforehand, history, withdrawal."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from custodian.errors import CustodianError
from records import public_notices
from records.models import PublishedText, TextDraft, TextVersion
from records.notice_forms import TextForm, WithdrawForm
from records.notices import drafting, in_force, standing, telling, withdrawing
from records.notices.checking import Incomplete
from records.notices.contents import LANGUAGES, TAGS, Content, language, read

READ, DRAFT = Action.NOTICE_READ, Action.NOTICE_DRAFT
Kind = PublishedText.Kind
GROUPS: Final = {
    "rules": (gettext_lazy("处理规则"), PublishedText.RULES),
    "advice": (gettext_lazy("提示与文章"), PublishedText.ADVICE),
    "announcements": (gettext_lazy("公告"), (Kind.ANNOUNCEMENT,)),
}
# Each kind's page as the customer sees it.
PREVIEWS: Final = {
    Kind.PROCESSING: ("public/rules.html", public_notices.rules_context),
    Kind.CHILDREN: ("public/rules.html", public_notices.rules_context),
    Kind.TIP: ("public/tip.html", public_notices.tip_context),
    Kind.ARTICLE: ("public/tip.html", public_notices.tip_context),
    Kind.ANNOUNCEMENT: ("public/announcement.html", public_notices.announcement_context),
}


@page("notices/", name="notices", action=READ)
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    shown = shown if shown in GROUPS else "rules"
    texts = standing.texts(GROUPS[shown][1])
    context = {
        "title": _("规则与公告"),
        "show": shown,
        "groups": [
            (key, label, PublishedText.objects.filter(kind__in=kinds).count())
            for key, (label, kinds) in GROUPS.items()
        ],
        "rows": [standing.of(each) for each in texts],
        "kinds": list(_creatable(shown)) if gate.may(actor_of(request), DRAFT) else [],
    }
    return _template(request, "list", context)


def _creatable(shown: str) -> Any:
    """Of rules there is one text each."""
    there = set(PublishedText.objects.values_list("kind", flat=True))
    for kind in GROUPS[shown][1]:
        if kind not in PublishedText.RULES or kind not in there:
            yield kind.value, kind.label


@page("notices/new/<str:kind>/", name="notice_new", action=DRAFT, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in Kind.values:
        row_of(request, DRAFT, PublishedText.objects.none(), asked=kind)
    enter(request, DRAFT)
    form = TextForm(_posted(request), kind=kind, number=1, is_new=True)
    if form.is_bound and form.is_valid():
        slug = form.cleaned_data.get("slug", "")
        try:
            draft = drafting.begin(kind, form.content(), slug=slug, actor=actor_of(request))
        except drafting.BadSlug as error:
            form.add_error("slug" if "slug" in form.fields else None, str(error.message))
        else:
            return _kept(request, draft.text, form)
    return _editor(request, form, title=_("起草：%(kind)s") % {"kind": Kind(kind).label})


@page("notices/<uuid:ref>/", name="notice", action=READ, logs_itself=True)
@require_safe
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    text = _text_of(request, ref, READ)
    enter(request, READ)
    return _one(request, text)


@page("notices/<uuid:ref>/edit/", name="notice_edit", action=DRAFT, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: UUID) -> HttpResponse:
    text = _text_of(request, ref, DRAFT)
    enter(request, DRAFT)
    form = TextForm(
        _posted(request), kind=text.kind, number=drafting.next_number(text), content=_start(text)
    )
    if form.is_bound and form.is_valid():
        drafting.edit(text, form.content(), actor=actor_of(request))
        return _kept(request, text, form)
    return _editor(request, form, text=text)


def _start(text: PublishedText) -> Content | None:
    """What is written already; a new version begins with the words of the last one."""
    draft = TextDraft.objects.filter(text=text).first()
    if draft is not None:
        return read(draft.content)
    newest = text.versions.order_by("-number").first()
    if newest is None:
        return None
    said = {**newest.content, "changes": {"zh": "", "en": ""}}
    return read(said)


def _kept(request: HttpRequest, text: PublishedText, form: TextForm) -> HttpResponse:
    """Kept as a draft; and put up, if that was asked for and nothing is missing."""
    if request.POST.get("act") != "send":
        messages.info(request, _("草稿已保存。"))
        return redirect("admin:notice", text.ref)
    try:
        asked = drafting.send(text, actor=actor_of(request))
    except Incomplete as error:
        form.blame(error.problems)
    except CustodianError as error:
        form.add_error(None, str(error.message))
    else:
        return redirect("admin:approval", asked.ref)
    return _editor(request, form, text=text)


@page("notices/<uuid:ref>/send/", name="notice_send", action=DRAFT, logs_itself=True)
@require_POST
def send(request: HttpRequest, ref: UUID) -> HttpResponse:
    """From the text's page; what is missing is shown in the editor, beside the fields."""
    text = _text_of(request, ref, DRAFT)
    try:
        asked = drafting.send(text, actor=actor_of(request))
    except Incomplete as error:
        content = _start(text)
        number = drafting.next_number(text)
        initial = TextForm(kind=text.kind, number=number, content=content).initial
        form = TextForm(initial, kind=text.kind, number=number, content=content)
        form.is_valid()
        form.blame(error.problems)
        return _editor(request, form, text=text)
    except CustodianError as error:
        messages.error(request, str(error.message))
        return redirect("admin:notice", ref)
    return redirect("admin:approval", asked.ref)


@page("notices/<uuid:ref>/discard/", name="notice_discard", action=DRAFT, logs_itself=True)
@require_POST
def discard(request: HttpRequest, ref: UUID) -> HttpResponse:
    text = _text_of(request, ref, DRAFT)
    published = text.versions.exists() or bool(text.gone)
    try:
        drafting.discard(text, actor=actor_of(request))
    except drafting.NoDraft as error:
        messages.error(request, str(error.message))
        return redirect("admin:notice", ref)
    messages.info(request, _("草稿已丢弃。"))
    return redirect("admin:notice", ref) if published else redirect("admin:notices")


@page("notices/<uuid:ref>/preview/", name="notice_preview", action=READ, logs_itself=True)
@require_safe
def preview(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The draft on the very page on which it will stand, in the language that is asked for."""
    text = _text_of(request, ref, READ)
    draft = row_of(request, READ, TextDraft.objects.filter(text=text), asked=ref)
    enter(request, READ)
    tongue = request.GET.get("language", "")
    tongue = tongue if tongue in LANGUAGES else language()
    template, context_of = PREVIEWS[Kind(text.kind)]
    with override(TAGS[tongue]):
        context = context_of(telling.drafted(draft))
        back = reverse("admin:notice", args=[ref])
        context["preview"] = {"language": tongue, "back": back}
        return render(request, template, context)


@page("notices/<uuid:ref>/<int:number>/", name="notice_version", action=READ, logs_itself=True)
@require_safe
def version(request: HttpRequest, ref: UUID, number: int) -> HttpResponse:
    """One version in full, compared with the one that it followed, in both languages side by side."""
    text = _text_of(request, ref, READ)
    found = row_of(request, READ, _versions(text).filter(number=number), asked=ref)
    enter(request, READ)
    before = in_force.before(found)
    sides = []
    for tongue in LANGUAGES:
        changed = telling.change(found, before, tongue=tongue, whole=True) if before else None
        sides.append({"tag": TAGS[tongue], "change": changed, "told": _told_in(found, tongue)})
    context = {
        "title": _("%(title)s：第 %(number)s 版")
        % {"title": found.content["title"][language()], "number": number},
        "text": text,
        "edition": found,
        "before": before,
        "sides": sides,
    }
    return _template(request, "version", context)


def _told_in(found: TextVersion, tongue: str) -> telling.Told:
    with override(TAGS[tongue]):
        return telling.told(found)


@page(
    "notices/<uuid:ref>/<int:number>/withdraw/",
    name="notice_withdraw",
    action=DRAFT,
    logs_itself=True,
)
@require_POST
def withdraw(request: HttpRequest, ref: UUID, number: int) -> HttpResponse:
    text = _text_of(request, ref, DRAFT)
    found = row_of(request, DRAFT, _versions(text).filter(number=number), asked=ref)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _one(request, text, withdraw_form=form, status=422)
    try:
        asked = withdrawing.ask(found, actor=actor_of(request), **form.cleaned_data)
    except CustodianError as error:
        messages.error(request, str(error.message))
        return redirect("admin:notice", ref)
    return redirect("admin:approval", asked.ref)


def _text_of(request: HttpRequest, ref: UUID, action: Action) -> PublishedText:
    return row_of(request, action, PublishedText.objects.filter(ref=ref), asked=ref)


def _versions(text: PublishedText) -> Any:
    return TextVersion.objects.filter(text=text).select_related(
        "text", "approval__requested_by", "approval__decided_by", "withdrawal"
    )


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _one(
    request: HttpRequest,
    text: PublishedText,
    *,
    withdraw_form: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    known = standing.of(text)
    may = gate.may(actor_of(request), DRAFT)
    withdrawable = known.withdrawable if may else None
    context = {
        "title": known.title,
        "text": text,
        "known": known,
        "history": [(each, standing.state_of(each)) for each in _versions(text)],
        "may_draft": may,
        "withdrawable": withdrawable,
        "withdraw_form": (withdraw_form or WithdrawForm()) if withdrawable else None,
    }
    return _template(request, "text", context, status=status)


def _editor(
    request: HttpRequest, form: TextForm, *, text: PublishedText | None = None, title: Any = ""
) -> HttpResponse:
    context = {
        "title": title
        or _("修改草稿：%(title)s") % {"title": standing.of(text).title if text else ""},
        "form": form,
        "text": text,
        "waiting": standing.of(text).waiting if text else None,
        "marks": _marks(),
    }
    return _template(request, "edit", context, status=422 if form.errors else 200)


def _marks() -> list[tuple[str, str]]:
    return [
        ("## " + _("小标题"), _("小标题")),
        ("- " + _("一条"), _("列表；1. 开头的是编号")),
        ("**" + _("要紧的话") + "**", _("加粗")),
        ("[" + _("文字") + "](/tips/)", _("链接，只能到本站、电话或加密的网页")),
    ]


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/notices/{name}.html", more, status=status)
