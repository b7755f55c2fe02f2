"""What is written becomes HTML of a few kinds, and nothing else of it does."""

from __future__ import annotations

import re

import pytest

from records.notices import markup

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "**<b onclick=alert(1)>x</b>**",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example/)",
    "[x](/\\evil.example/)",
    "[x](http://evil.example/)",
    "[x](https://evil.example@good.example/)",
    '[x](https://a.example/"onmouseover=alert(1))',
    "[x](tel:javascript)",
    "[<script>alert(1)</script>](/tips/)",
    "[**x**](vbscript:x)",
    "**[x](javascript:alert(1))**",
    "## <svg/onload=alert(1)>",
    "- <iframe src=//evil.example>",
    "1. [x](java\nscript:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
ALLOWED = re.compile(
    r"</?(p|b|li|h[2-4])>|</?(ul|ol)( class=\"bullets\")?>|</a>"
    r"|<a href=\"(/(?!/)[^\"\s\\]*|tel:\+?[0-9-]+)\">"
    r"|<a href=\"https://[\w.-]+(/[^\"\s]*)?\" rel=\"noopener noreferrer\">"
)


def shown(text: str) -> str:
    """The page without the tags that may be there."""
    return ALLOWED.sub("", str(markup.html(text)))


@pytest.mark.parametrize("text", ATTACKS)
def test_no_attack_becomes_more_than_words(text):
    assert "<" not in shown(text)
    assert ">" not in shown(text)


@pytest.mark.parametrize(
    "text", [each for each in ATTACKS if "](" in each and "(/tips" not in each and "\n" not in each]
)
def test_a_link_to_where_none_may_lead_is_named_and_only_its_words_are_shown(text):
    assert markup.unsafe_links(text)
    assert "href" not in str(markup.html(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("一段\n另一段", "<p>一段</p><p>另一段</p>"),
        ("## 小标题", "<h2>小标题</h2>"),
        ("### 更小", "<h3>更小</h3>"),
        ("- 一\n- 二", '<ul class="bullets"><li>一</li><li>二</li></ul>'),
        ("1. 一\n\n2. 二", '<ol class="bullets"><li>一</li><li>二</li></ol>'),
        (
            "- 一\n话\n- 二",
            '<ul class="bullets"><li>一</li></ul><p>话</p><ul class="bullets"><li>二</li></ul>',
        ),
        ("**要紧**的话", "<p><b>要紧</b>的话</p>"),
        ("看[提示](/tips/)", '<p>看<a href="/tips/">提示</a></p>'),
        ("拨[110](tel:110)", '<p>拨<a href="tel:110">110</a></p>'),
        (
            "**[官网](https://www.example.com/a?b=1)**",
            '<p><b><a href="https://www.example.com/a?b=1" rel="noopener noreferrer">官网</a></b></p>',
        ),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("", ""),
    ],
)
def test_the_few_marks_mean_what_they_say(text, html):
    assert str(markup.html(text)) == html


def test_headings_follow_the_page_they_stand_on():
    assert str(markup.html("## 小标题\n### 更小", top=3)) == "<h3>小标题</h3><h4>更小</h4>"


def test_plain_lines_have_no_marks():
    assert markup.plain("## 头\n- **一**[二](/x/)") == ["头", "一二"]
