"""The components say in words and shapes what they show, and never more than they were given."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from custodian.elements import Masked, hidden, shown
from custodian.site import drawing
from custodian.site.gallery import SampleForm

MOBILE = Masked((shown("138"), hidden(4), shown("8000")))


def draw(source: str, **context: object) -> str:
    return Template("{% load ledger %}" + source).render(Context(context)).strip()


def test_a_mask_reads_as_asterisks_and_says_how_much_is_hidden() -> None:
    html = draw("{% mask value %}", value=MOBILE)
    assert '138<span class="mask mask-4" aria-hidden="true">****</span>' in html
    assert "已隐藏 4 位" in html
    assert html.count("8000") == 1


@pytest.mark.parametrize(("count", "drawn"), [(1, 1), (3, 2), (5, 4), (7, 6), (16, 14), (40, 14)])
def test_a_hidden_run_takes_the_nearest_drawn_width(count: int, drawn: int) -> None:
    assert drawing.mask_width(count) == drawn


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("never_shown", "不显示"),
        ("not_collected", "未收集"),
        ("restricted", "限制处理"),
        ("destroyed", "已销毁 2026-10-31"),
    ],
)
def test_each_absence_has_its_own_word(state: str, words: str) -> None:
    assert words in draw(f'{{% mask value "{state}" when="2026-10-31" %}}', value=None)


def test_nothing_given_reads_not_collected_rather_than_hidden() -> None:
    html = draw("{% mask value %}", value=None)
    assert "未收集" in html
    assert "mask-" not in html


def test_text_in_a_mask_is_escaped() -> None:
    assert "<b>" not in draw("{% mask value %}", value="<b>")


def test_a_lamp_groups_digits_and_carries_the_mask_that_comes_back() -> None:
    html = draw(
        '{% lamp "13800138000" 47 "回访" "/hide" kind="identity.mobile" masked=value %}',
        value=MOBILE,
    )
    assert "138 0013 8000" in html
    assert 'data-seconds="47"' in html
    assert "用途：回访" in html
    assert html.index("<template") < html.index('class="mask mask-4"')
    assert '<span class="lamp-print">138****8000</span>' in html


def test_a_level_is_heard_as_words() -> None:
    html = draw("{% level 4 sensitive=True %}")
    assert html.count('class="on"') == 4
    assert "等级 4，共 5" in html
    assert "敏感个人信息" in html


@pytest.mark.parametrize(
    ("state", "filled", "word"),
    [
        ("written", 1, "已写入"),
        ("sealed", 2, "已封存"),
        ("witnessed", 3, "已见证"),
        ("verified", 4, "已核验"),
    ],
)
def test_a_proof_fills_as_many_squares_as_it_has_come(state: str, filled: int, word: str) -> None:
    html = draw("{% proof state 8413040 %}", state=state)
    assert html.count('class="on"') == filled
    assert word in html
    assert "#8,413,040" in html


def test_a_broken_proof_says_from_where() -> None:
    html = draw('{% proof "broken" 8398102 %}')
    assert "不一致 自 #8,398,102 起" in html


def test_a_refusal_explains_itself_with_the_rule_and_a_way_out() -> None:
    reason = {
        "heading": "为什么不能揭示账户",
        "tone": "refuse",
        "facts": [("no", "“回访”用途不含 L4", ("规则 R-018", "/rules/18"))],
        "way_out": "请改用“给付”用途",
    }
    html = draw("{% why reason %}", reason=reason)
    assert "why-refuse" in html
    assert "反对：" in html
    assert '<a href="/rules/18">规则 R-018</a>' in html
    assert "请改用“给付”用途" in html


@pytest.mark.parametrize(
    ("mark", "word"),
    [("V1", "✓✓ 原文已核"), ("V2", "✓ 转引"), ("M", "待核"), ("default", "本公司默认")],
)
def test_every_source_says_how_well_it_was_checked(mark: str, word: str) -> None:
    assert word in draw('{% provenance "某法第 1 条" mark %}', mark=mark)


def test_a_failed_job_keeps_its_share_and_its_reason() -> None:
    job = SimpleNamespace(name="导入", status="failed", done=9003, total=20000, note="第 9,004 行")
    html = draw("{% job_bar job %}", job=job)
    assert 'width="45%"' in html
    assert "fill-danger" in html
    assert "9,003 / 20,000" in html
    assert "失败，可续作 · 第 9,004 行" in html


def test_a_job_of_unknown_length_draws_an_empty_bar() -> None:
    job = SimpleNamespace(name="导入", status="running", done=12, total=None, note="")
    assert 'width="0%"' in draw("{% job_bar job %}", job=job)


def test_an_error_stands_above_its_field_and_in_the_summary_with_the_same_words() -> None:
    form = SampleForm({"id_number": "1", "way": "phone"})
    html = draw("{% error_summary form %}{% field form.id_number %}", form=form)
    words = "证件号码最后一位不符，请核对"
    assert html.count(words) == 2
    assert '<a href="#id_id_number">' in html
    assert html.rindex(words) < html.index("<input")
    assert "有 2 处需要修改" in html


def test_the_summary_says_which_field_is_empty_where_its_words_do_not() -> None:
    class Two(forms.Form):
        name = forms.CharField(label="名称")
        phone = forms.CharField(label="电话")
        day = forms.CharField(label="日期", error_messages={"required": "请填日期"})

    html = draw("{% error_summary form %}", form=Two({}))
    assert re.findall(r'href="#id_(\w+)">([^<]+)<', html) == [
        ("name", "名称：此项必填，请填写"),
        ("phone", "电话：此项必填，请填写"),
        ("day", "请填日期"),
    ]


def test_an_error_is_named_by_its_input() -> None:
    html = draw("{% field form.id_number %}", form=SampleForm({"way": "phone"}))
    assert 'aria-invalid="true"' in html
    assert 'id="id_id_number_error"' in html
    assert "id_id_number_error" in html.split("aria-describedby=")[1].split(">")[0]


def test_optional_is_marked_and_required_is_not() -> None:
    form = SampleForm()
    assert "选填" in draw("{% field form.note %}", form=form)
    assert "选填" not in draw("{% field form.id_number %}", form=form)


def test_a_choice_can_carry_a_line_of_its_own() -> None:
    form = SampleForm()
    form.fields["way"].choice_hints = {"phone": "任务 T-2231，今日到期"}
    html = draw("{% field form.way %}", form=form)
    assert "任务 T-2231，今日到期" in html
    assert "<legend>" in html
    assert html.count('type="radio"') == 2


def test_a_form_printed_whole_uses_the_same_fields() -> None:
    class Small(forms.Form):
        name = forms.CharField(label="姓名")

    assert 'class="field' in draw("{{ form }}", form=Small())


def test_the_heat_map_shows_numbers_only_where_something_is_unusual() -> None:
    cells = [
        {"day": 5, "hour": 23, "count": 131, "unusual": True},
        {"day": 0, "hour": 10, "count": 60},
    ]
    html = draw("{% heatmap cells %}", cells=cells)
    drawing_only = html.split("<details")[0]
    assert "131</text>" in drawing_only
    assert ">60</text>" not in drawing_only
    assert drawing_only.count("<rect") == 168 + 6
    assert html.count("<td") == 168


def test_a_trend_starts_its_scale_at_nothing() -> None:
    line = drawing.trend([0.0, 10.0], threshold=5.0)
    assert line.points == "4.0,32.0 221.0,4.0"
    assert line.threshold_y == 18.0


def test_a_share_carries_a_tick_where_chance_would_be() -> None:
    html = draw("{% bar 0.61 0.12 %}")
    assert 'width="61%"' in html
    assert 'x1="12%"' in html


@pytest.mark.parametrize(
    ("act", "word"),
    [
        ("list", "列表"),
        ("search", "检索"),
        ("view", "查看"),
        ("reveal", "揭示"),
        ("export", "导出"),
    ],
)
def test_log_actions_have_their_words(act: str, word: str) -> None:
    assert word in draw("{% action_tag act %}", act=act)


def test_a_refusal_in_the_log_has_a_shape_besides_its_colour() -> None:
    assert "#cross" in draw('{% action_tag "denied" %}')


def test_severities_differ_by_shape() -> None:
    shapes = [
        draw("{% severity name %}", name=name) for name in ("urgent", "high", "medium", "low")
    ]
    assert [shape.split("severity-")[1].split('"')[0] for shape in shapes] == [
        "octagon",
        "triangle",
        "diamond",
        "ring",
    ]
