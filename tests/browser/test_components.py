"""The component sheet and the scripts in a real browser, under the policy that production sends."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django import forms
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import include, path
from playwright.sync_api import Browser, Page, expect, sync_playwright

from custodian.site.gallery import MOBILE, gallery

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CUSTOMER = """{% extends "frames/desk.html" %}{% load ledger %}
{% block title %}客户{% endblock %}{% block heading %}客户{% endblock %}
{% block content %}{% if lit %}<p>{% lamp "13800138000" seconds "回访" "/" kind="mobile" masked=mobile %}</p>
{% else %}<p>{% mask mobile "revealable" %}</p>{% endif %}
<a id="opener" class="btn" href="/reveal/" data-dialog>揭示</a>{% endblock %}"""
REVEAL = """{% extends "frames/desk.html" %}{% load ledger %}{% block page_head %}{% endblock %}
{% block title %}揭示{% endblock %}
{% block content %}<div data-dialog-content><h1>揭示 手机号码</h1>
<form method="post" action="/reveal/">{% csrf_token %}{{ form }}
<div class="buttons"><button class="btn btn-primary">记录并揭示</button>
<a class="btn" href="/" data-dialog-close>取消</a></div></form></div>{% endblock %}"""


JOBS = """{% extends "frames/admin.html" %}{% load ledger %}{% block title %}任务进度{% endblock %}
{% block content %}<div id="jobs"{% if running %} data-refresh="2"{% endif %}>第 {{ done }} 次</div>{% endblock %}"""


class Reason(forms.Form):
    reason = forms.CharField(label="理由", error_messages={"required": "请说明为什么需要完整号码"})


def _page(request: HttpRequest, source: str, status: int = 200, **context: object) -> HttpResponse:
    template = engines["django"].from_string(source)
    return HttpResponse(template.render({"mobile": MOBILE, **context}, request), status=status)


def customer(request: HttpRequest) -> HttpResponse:
    return _page(request, CUSTOMER, lit="lit" in request.GET, seconds=2)


_asked = itertools.count(1)


def jobs(request: HttpRequest) -> HttpResponse:
    """Waits twice, then is done: the finished part no longer asks."""
    turn = next(_asked)
    return _page(request, JOBS, done=turn, running=turn < 3)


def reveal(request: HttpRequest) -> HttpResponse:
    form = Reason(request.POST or None)
    if form.is_valid():
        return _page(request, CUSTOMER, lit=True, seconds=60)
    return _page(request, REVEAL, status=422 if request.POST else 200, form=form)


class Routes:
    """The sheet, and a customer's page with its reveal, without an insurer behind them."""

    urlpatterns = [
        path("", customer),
        path("reveal/", reveal),
        path("jobs/", jobs),
        path("components/", gallery),
        path("", include("custodian.site.urls")),
    ]


def staff(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleNamespace(
            is_authenticated=True,
            name="李娜",
            staff_no="A0196",
            theme="system",
            get_role_display=lambda: "代理人",
        )
        return get_response(request)

    return middleware


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None: ...


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    middleware = [
        "csp.middleware.CSPMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        f"{__name__}.staff",
    ]
    with override_settings(ROOT_URLCONF=Routes, MIDDLEWARE=middleware):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), Server, Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    contexts = []
    complaints: list[str] = []

    def open_page(where: str, width: int = 1440, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, **{"locale": "zh-CN", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + where)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A refused style or script would be written here. A 422 is written by the browser itself.
    assert [line for line in complaints if "status of 422" not in line] == []


def violations(page: Page) -> list[str]:
    """The viewer mark is not text to be read, and lies over everything."""
    page.evaluate("document.querySelector('.viewer-mark')?.remove()")
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    found = page.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}}}).then(r => r.violations)")
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_sheet_has_no_barrier(open_page: Callable[..., Page], theme: str, width: int) -> None:
    page = open_page("/components/", width, color_scheme=theme)
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_no_page_scrolls_sideways(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/components/", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_tab_stop_leads_to_the_text(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_lamp_goes_out_when_its_time_is_up(open_page: Callable[..., Page]) -> None:
    page = open_page("/?lit")
    expect(page.locator(".lamp-value")).to_have_text("138 0013 8000")
    expect(page.locator(".lamp-value")).to_have_count(0, timeout=4000)
    assert "0013" not in page.content()
    assert page.locator("main .mask").count() == 1
    expect(page.locator("#live")).to_have_text("明文已隐去")


def test_a_lamp_goes_out_when_the_page_is_left(open_page: Callable[..., Page]) -> None:
    page = open_page("/?lit")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert "0013" not in page.content()


def test_a_dialog_keeps_the_focus_and_gives_it_back(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.locator("#opener").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="揭示 手机号码")).to_be_visible()
    expect(page.get_by_label("理由")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#opener")).to_be_focused()


def test_a_refused_form_stays_in_the_dialog_and_says_why(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.locator("#opener").click()
    # Without the browser's own check, so that the server's answer is what is seen.
    page.get_by_label("理由").evaluate("field => { field.required = false }")
    page.get_by_role("button", name="记录并揭示").click()
    summary = page.get_by_role("dialog").locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("请说明为什么需要完整号码")


def test_a_reveal_replaces_the_page_and_leaves_no_trace_in_the_address(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page("/")
    page.locator("#opener").click()
    page.get_by_label("理由").fill("客户来电要求核对")
    page.get_by_role("button", name="记录并揭示").click()
    expect(page.locator("main .lamp-value")).to_have_text("138 0013 8000")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == f"{address}/"
    page.get_by_role("link", name="立即隐去").click()
    assert "0013" not in page.content()


def test_everything_works_without_script(open_page: Callable[..., Page]) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator("#opener").click()
    expect(page.get_by_role("heading", name="揭示 手机号码")).to_be_visible()
    page.get_by_label("理由").fill("客户来电要求核对")
    page.get_by_role("button", name="记录并揭示").click()
    expect(page.locator(".lamp-value")).to_have_text("138 0013 8000")


def test_the_language_changes_and_the_page_stays(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page("/components/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url == f"{address}/components/"


def test_the_menu_opens_on_a_narrow_screen(open_page: Callable[..., Page]) -> None:
    page = open_page("/", 390)
    button = page.get_by_role("button", name="菜单")
    expect(page.get_by_role("button", name="English")).to_be_hidden()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("button", name="English")).to_be_visible()


def test_forced_colours_keep_hidden_characters_readable(open_page: Callable[..., Page]) -> None:
    page = open_page("/", forced_colors="active")
    colour = page.locator(".mask").first.evaluate("mask => getComputedStyle(mask).color")
    assert colour != "rgba(0, 0, 0, 0)"


def test_paper_shows_masks_as_asterisks_and_no_lamp(open_page: Callable[..., Page]) -> None:
    page = open_page("/?lit", java_script_enabled=False)
    page.emulate_media(media="print")
    expect(page.locator(".lamp-value")).to_be_hidden()
    expect(page.locator(".lamp-print")).to_have_text("138****8000")


def test_running_work_renews_itself_until_it_is_done(open_page: Callable[..., Page]) -> None:
    page = open_page("/jobs/")
    part = page.locator("#jobs")
    expect(part).to_have_text("第 1 次")
    expect(part).to_have_text("第 3 次", timeout=8000)
    page.wait_for_timeout(2500)
    expect(part).to_have_text("第 3 次")
