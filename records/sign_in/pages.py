"""The pages of coming in: two numbers, one code, and for whom. What they say they say to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import actors, portal_sessions, scopes
from access.actors import Actor
from records import salutations
from records.desk_pages import require_known
from records.models import Customer, Representative
from records.portal_pages import CHANNEL, customer_actor, portal_page
from records.sign_in import codes, ending, entering, entrances, limits
from records.sign_in.codes import Tried, Verdict, WaitFirst
from records.sign_in.forms import ChoiceForm, CodeForm, NumbersForm
from records.sign_in.representing import Choice

View = Callable[..., HttpResponse]
UNSEEN = HTTPStatus.UNPROCESSABLE_ENTITY
MINUTE = 60


def door(*body: str, files: Iterable[str] = ()) -> Callable[[View], View]:
    """A page before the session: the system acts, whoever is in goes home, unknown parameters are refused."""
    known = {"body": frozenset(body), "files": frozenset(files)}

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest) -> HttpResponse:
            if customer_actor(request) is not None:
                return redirect("portal:home")
            require_known(request, **known)
            with scopes.acting(actors.system("portal")) as actor:
                return view(request, actor=actor)

        return page

    return decorate


@require_http_methods(["GET", "HEAD", "POST"])
@door("policy_number", "id_number")
def numbers(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Two numbers; the answer is the same whoever they belong to, and whether to anybody."""
    if request.method != "POST":
        return _numbers(request, NumbersForm())
    form = NumbersForm(request.POST)
    if not form.is_valid():
        return _numbers(request, form, status=UNSEEN)
    typed = form.cleaned_data
    try:
        code = codes.ask(
            typed["policy_number"],
            typed["id_number"],
            whence=entering.whence(request),
            actor=actor,
        )
    except WaitFirst as error:
        entering.record_failure(request, "too-often")
        form.add_error(None, wait_words(error.seconds))
        return _numbers(request, form, status=error.status)
    entering.asked(request, code)
    return redirect("portal:code")


@require_http_methods(["GET", "HEAD", "POST"])
@door("code")
def code(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    asked = entering.code_of(request)
    if asked is None:
        return redirect("portal:login")
    if request.method != "POST":
        return _code(request, CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code(request, form, status=UNSEEN)
    tried = codes.try_code(asked.ref, form.cleaned_data["code"], whence=entering.whence(request))
    if tried.verdict is not Verdict.RIGHT or tried.subject is None:
        return _refused(request, form, tried)
    entering.prove(request, tried)
    offered = entering.choices(tried.subject, actor=actor)
    if len(offered) == 1:
        return _enter(request, offered[0], by=tried.subject, proof=tried.proof)
    return redirect("portal:choose")


@require_POST
@door()
def again(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Another code for the same numbers, without typing them once more."""
    asked = entering.code_of(request)
    if asked is None:
        return redirect("portal:login")
    try:
        fresh = codes.ask_again(asked, whence=entering.whence(request))
    except WaitFirst as error:
        entering.record_failure(request, "too-often")
        form = CodeForm()
        return _code(request, form, status=error.status, notice=wait_words(error.seconds))
    entering.asked(request, fresh)
    messages.info(request, _("如果资料相符，新的代码已发出。之前的代码不能再用。"))
    return redirect("portal:code")


@require_http_methods(["GET", "HEAD", "POST"])
@door("choice")
def choose(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """For whom: herself, or one whom she represents."""
    held = entering.proven(request)
    if held is None:
        return redirect("portal:login")
    person, proof = held
    offered = {ref: (choice, words) for ref, choice, words in _offered(person, actor)}
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        offered=[(ref, words) for ref, (_choice, words) in offered.items()],
    )
    if form.is_valid():
        return _enter(request, offered[form.cleaned_data["choice"]][0], by=person, proof=proof)
    context = {"title": _("为谁办理"), "form": form}
    return render(
        request, "portal/sign_in/choose.html", context, status=UNSEEN if form.is_bound else 200
    )


@require_POST
@portal_page()
def stay(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """She is still there; how long the session goes on, for the page that asked."""
    portal_sessions.touch(request)
    answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
    answer.headers["X-Seconds-Left"] = str(portal_sessions.seconds_left(request))
    return answer


@require_safe
@portal_page()
def sign_ins(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """When somebody came in for her, and the way to end all of it."""
    context = {
        "title": _("登录记录"),
        "rows": entrances.of(customer.pk, actor=actor),
        "months": limits.ENTRANCES_KEPT.days // 30,
    }
    return render(request, "portal/sign_in/entrances.html", context)


@require_POST
@portal_page()
def sign_out_everywhere(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """Every session of hers ends, this one too, and no browser is known any more."""

    ending.everywhere(customer.pk, channel=CHANNEL, actor=actor)
    portal_sessions.end(request)
    messages.info(request, _("已在所有设备退出。"))
    response = redirect("portal:login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def wait_words(seconds: int) -> str:
    if seconds <= MINUTE:
        return ngettext(
            "要代码太频繁，请 %(n)s 秒后再试", "要代码太频繁，请 %(n)s 秒后再试", seconds
        ) % {"n": seconds}
    minutes = -(-seconds // MINUTE)
    return ngettext(
        "要代码太频繁，请约 %(n)s 分钟后再试", "要代码太频繁，请约 %(n)s 分钟后再试", minutes
    ) % {"n": minutes}


def _numbers(request: HttpRequest, form: NumbersForm, *, status: int = 200) -> HttpResponse:
    context = {"title": _("客户登录"), "form": form}
    return render(request, "portal/sign_in/numbers.html", context, status=status)


def _code(
    request: HttpRequest, form: CodeForm, *, status: int = 200, notice: str = ""
) -> HttpResponse:
    context = {
        "title": _("输入代码"),
        "form": form,
        "minutes": int(limits.CODE_LASTS.total_seconds() // MINUTE),
        "pause": int(limits.PAUSE.total_seconds()),
        "notice": notice,
    }
    return render(request, "portal/sign_in/code.html", context, status=status)


def _refused(request: HttpRequest, form: CodeForm, tried: Tried) -> HttpResponse:
    if tried.verdict is Verdict.WRONG and tried.left > 0:
        entering.record_failure(request, "bad-code")
        left = ngettext(
            "代码不对，请核对。还可以试 %(n)s 次",
            "代码不对，请核对。还可以试 %(n)s 次",
            tried.left,
        ) % {"n": tried.left}
        form.add_error("code", left)
    else:
        entering.record_failure(request, "code-over")
        form.add_error("code", gettext("这个代码已过期、已用过或试错太多次，请要一个新的代码"))
    return _code(request, form, status=UNSEEN)


def _enter(request: HttpRequest, choice: Choice, *, by: int, proof: str) -> HttpResponse:
    mark = entering.enter(request, choice, by=by, proof=proof)
    response = redirect("portal:home")
    entering.leave_mark(response, mark)
    return response


def _offered(person: int, actor: Actor) -> Iterable[tuple[str, Choice, str]]:
    for choice in entering.choices(person, actor=actor):
        customer = Customer.objects.visible_to(actor).get(pk=choice.subject)
        yield customer.ref, choice, _words_of(customer, choice)


def _words_of(customer: Customer, choice: Choice) -> str:
    """As whom, and her family name: no more than is needed to tell two children apart."""
    own: Any = actors.customer(customer.pk, capacity=choice.capacity)
    with scopes.acting(own):
        called = salutations.of_customer(customer, actor=own) or customer.ref
    if choice.capacity == "self":
        return gettext("为自己（%(called)s）") % {"called": called}
    kind = str(Representative.Kind(choice.capacity).label).lower()  # within a sentence
    said = {"called": called, "kind": kind, "relation": choice.relation or customer.ref}
    return gettext("为%(called)s（您是%(kind)s，%(relation)s）") % said
