"""The frame: what it says, where it leads, and the mark over it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from custodian.site import context, errors, navigation
from custodian.site.viewer_mark import viewer_mark
from tests.security.routes import patterns


def _nowhere(request: HttpRequest) -> None: ...


desk = ([path("", _nowhere, name="find"), path("mine/", _nowhere, name="mine")], "desk")
urlpatterns: list[object] = []


class Routes:
    """Only two of the desk's places are built here."""

    from django.urls import include

    urlpatterns = [path("desk/", include(desk))]


def person(request: HttpRequest, *, name: str = "李娜") -> HttpRequest:
    request.user = SimpleNamespace(  # type: ignore[assignment]
        is_authenticated=True,
        name=name,
        staff_no="A0196",
        theme="dark",
        get_role_display=lambda: "代理人",
    )
    return request


@override_settings(ROOT_URLCONF=Routes)
def test_a_place_that_is_not_built_is_left_out() -> None:
    request = RequestFactory().get("/desk/")
    places = [
        place.url for section in navigation.sections("desk", request) for place in section.places
    ]
    assert places == ["/desk/", "/desk/mine/"]


@pytest.mark.parametrize(
    ("where", "here", "current"),
    [
        ("/desk/", "", ["/desk/"]),
        ("/desk/mine/", "", ["/desk/mine/"]),
        ("/desk/mine/c-7K2M/", "", ["/desk/mine/"]),
        ("/desk/other/", "", []),
        ("/desk/other/", "desk:mine", ["/desk/mine/"]),
    ],
)
@override_settings(ROOT_URLCONF=Routes)
def test_one_place_at_most_is_the_current_one(where: str, here: str, current: list[str]) -> None:
    shown = navigation.sections("desk", RequestFactory().get(where), here)
    assert [place.url for place in shown[0].places if place.current] == current


@override_settings(ROOT_URLCONF=Routes)
def test_a_registered_count_stands_beside_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_counters", {})
    navigation.count_for("desk:mine", lambda _request: navigation.Count(3, urgent=True))
    places = navigation.sections("desk", RequestFactory().get("/desk/"))[0].places
    assert [place.count for place in places] == [None, navigation.Count(3, urgent=True)]


def test_the_mark_names_the_viewer_and_the_minute() -> None:
    response = viewer_mark(person(RequestFactory().get("/viewer-mark.svg")))
    assert response["Content-Type"] == "image/svg+xml"
    assert "no-store" in response["Cache-Control"]
    body = response.content.decode()
    assert "李娜 A0196" in body
    assert 'fill-opacity="0.07"' in body


def test_a_name_cannot_write_into_the_mark() -> None:
    response = viewer_mark(person(RequestFactory().get("/"), name="<script>"))
    assert b"<script>" not in response.content


def test_nobody_gets_no_mark() -> None:
    request = RequestFactory().get("/viewer-mark.svg")
    request.user = SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]
    with pytest.raises(Http404):
        viewer_mark(request)


def test_a_customer_gets_no_mark() -> None:
    request = RequestFactory().get("/viewer-mark.svg")
    request.user = SimpleNamespace(is_authenticated=True)  # type: ignore[assignment]
    with pytest.raises(Http404):
        viewer_mark(request)


def test_the_chosen_theme_is_on_the_page() -> None:
    request = person(RequestFactory().get("/"))
    html = render_to_string("frames/plain.html", {**context.frame(request), "request": request})
    assert 'data-theme="dark"' in html


def test_the_frame_has_a_skip_link_landmarks_and_an_issuer() -> None:
    with translation.override("zh-hans"):
        html = render_to_string("frames/plain.html", context.facts())
    assert html.index("跳到正文") < html.index("<header")
    assert '<main class="page" id="main"' in html
    assert "青禾人寿" in html.split("<footer")[1]
    assert "投诉电话" in html.split("<footer")[1]
    assert '<html lang="zh-hans"' in html


def test_a_page_with_errors_starts_its_title_with_the_word() -> None:
    form = SimpleNamespace(errors={"x": ["y"]})
    html = render_to_string("frames/plain.html", {**context.facts(), "form": form, "title": "揭示"})
    assert "<title>错误：揭示" in html


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (errors.bad_request, 400, "请求不完整"),
        (errors.permission_denied, 403, "您不能办理这一项"),
        (errors.not_found, 404, "没有找到这一页"),
        (errors.server_error, 500, "系统出错"),
        (errors.unavailable, 503, "日志无法写入，因此不显示任何资料"),
    ],
)
def test_a_refusal_says_what_why_and_what_next_without_a_database(
    view: object, status: int, words: str
) -> None:
    response = view(RequestFactory().get("/"))  # type: ignore[operator]
    html = response.content.decode()
    assert response.status_code == status
    assert words in html
    assert html.count("<p>") >= 2
    assert "回到首页" in html


# Nobody stays at these: they lead on, sign somebody in or out, or are the page of everything.
PLACELESS = ("admin/find/", "admin/jsi18n/", "admin/login/", "admin/logout/")


def test_every_page_of_the_back_office_belongs_to_one_place_of_the_menu() -> None:
    known = [
        url
        for group in navigation.ADMIN
        for item in group.items
        if (url := navigation._reverse(item.url_name))
    ]
    homeless = [
        path
        for path in sorted(patterns())
        if path.startswith("admin/")
        and path not in PLACELESS
        and navigation._current(known, f"/{path}") is None
        and not navigation._beside("admin", f"/{path}")
    ]
    assert homeless == []
