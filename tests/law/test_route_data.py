"""Routes of transfers: every one says all stages with clause and mark, and a wrong one is refused."""

from __future__ import annotations

import re

import pytest

from custodian.regimes.packs import CONFIRMED, BadPack, Mark, load, read, regimes
from custodian.regimes.routes import STAGES, Gate, Silence

ALL = [route for each in regimes() for route in load(each).routes.values()]
TEXT = """
title: 某国
title_en: Somewhere
laws:
  act: {law: 某法, law_en: Some Act, source: 法律文本, source_en: its text}
clauses:
- {code: XX-1, law: act, article: 第一条, article_en: art. 1, mark: V1, says: 批准。, says_en: Approval.}
- {code: XX-2, law: act, article: 第二条, article_en: art. 2, mark: M, says: 公告。, says_en: Notices.}
retention: []
clocks:
- {code: XX-WAIT, name: 等待, name_en: Wait, trigger: transfer, start: published, kind: wait, length: 1mo, law: true, clause: XX-2, mark: M}
- {code: XX-DUE, name: 期限, name_en: Due, trigger: transfer, start: sent, length: 1mo, law: true, clause: XX-2, mark: M}
counts:
- {code: XX-TIMES, name: 次数, name_en: Times, number: 3, law: true, clause: XX-2, mark: M}
transfer_routes:
- code: xx-way
  name: 转让
  name_en: Transfer
  says: 转让
  says_en: A transfer
  clause: XX-1
  mark: V1
  stages:
  - {stage: board, needed: false, note: 不需要, note_en: Not needed}
  - stage: data_room
    papers:
    - {code: paper, name: 文件, name_en: Paper, clause: XX-1, mark: V1, of: [seller], when: {disposal: owed}}
  - stage: approval
    four_eyes: true
    gates:
    - {code: yes, kind: decision, name: 批准, name_en: Approval, by: 机关, by_en: authority, clause: XX-1, mark: V1}
  - stage: notice
    told: [policyholder, insured]
    consent: [policyholder]
    silence: stays
    gates:
    - {code: printed, kind: printed, name: 登报, name_en: Printed, count: XX-TIMES, medium: paper, clause: XX-2, mark: M}
    - {code: online, kind: online, name: 上网, name_en: Online, sites: [seller], clock: XX-WAIT, clause: XX-2, mark: M}
  - {stage: freeze}
  - {stage: package}
  - {stage: receive, clocks: [XX-DUE]}
  - {stage: reconcile}
  - {stage: go_live}
  - stage: end
    gates:
    - {code: ended, kind: work, name: 完, name_en: End, clause: "", mark: "-"}
"""


def test_a_small_route_reads():
    route = read(TEXT.replace("code: yes", "code: granted"), "xx").routes["xx-way"]
    assert [each.stage for each in route.needed] == list(STAGES[1:])
    notice = route.stages["notice"]
    assert (notice.silence, notice.consent) == (Silence.STAYS, ("policyholder",))
    assert [each.kind for each in notice.gates] == [Gate.PRINTED, Gate.ONLINE]


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("code: xx-way", "code: yy-way", "begins with xx-"),
        ("stage: freeze", "stage: thaw", "is no stage"),
        ("  - {stage: freeze}\n", "", "each stage once, in order"),
        ("  - {stage: freeze}\n  - {stage: package}\n", "  - {stage: package}\n  - {stage: freeze}\n", "in order"),
        ("kind: work", "kind: wish", "wish is no gate"),
        ("kind: work", "kind: decision", "who decides"),
        (", by: 机关, by_en: authority", "", "who decides"),
        ("count: XX-TIMES", "count: XX-NONE", "how often"),
        ("medium: paper", "medium: radio", "how often"),
        ("sites: [seller]", "sites: [agent]", "whose websites"),
        ("clock: XX-WAIT", "clock: XX-DUE", "how long to wait"),
        ("clock: XX-WAIT", "clock: XX-NONE", "how long to wait"),
        ("clocks: [XX-DUE]", "clocks: [XX-NONE]", "a clock that the file has not"),
        ("of: [seller], when", "of: [nobody], when", "seller or the buyer"),
        ("disposal: owed", "disposal: perhaps", "condition"),
        ("silence: stays", "silence: goes", "takes silence for a consent"),
        ("silence: stays", "silence: shouts", "shouts"),
        ("    silence: stays\n", "", "silence"),
        ("consent: [policyholder]", "consent: [agent]", "nobody knows"),
        ("told: [policyholder, insured]", "told: [insured]", "nobody knows"),
        ("  - {stage: freeze}", "  - {stage: freeze, told: [insured], silence: goes}", "another stage"),
        ("note: 不需要, note_en: Not needed", "four_eyes: false", "does not say why"),
        ("note_en: Not needed", 'note_en: ""', "one language"),
        ("stage: board, needed: false", "stage: board, needed: perhaps", "needed or is not"),
        ("code: ended, kind: work, name: 完", 'code: ended, kind: work, name: ""', "one language"),
        ('clause: "", mark: "-"', "clause: XX-9, mark: V1", "no clause"),
        ('clause: "", mark: "-"', "clause: XX-2, mark: V1", "surer than its clause"),
        ("code: ended", "code: online", "twice"),
        ("number: 3", "number: 0", "number of times"),
        ("number: 3, law: true, clause: XX-2, mark: M", "number: 3, law: true, clause: XX-2, mark: V1", "surer"),
        ("code: ended, kind: work", "code: ended, colour: red, kind: work", "unknown colour"),
    ],
)  # fmt: skip
def test_a_route_that_is_wrong_is_refused(before, after, wrong):
    text = TEXT.replace("code: yes", "code: granted")
    assert before in text
    with pytest.raises(BadPack) as found:
        read(text.replace(before, after), "xx")
    assert wrong in str(found.value)


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.code)
def test_every_route_has_words_in_both_languages_and_marks_no_surer_than_the_clause(route):
    clauses = load(route.regime).clauses
    for each in (route, *(t for s in route.stages.values() for t in (*s.papers, *s.gates))):
        assert each.name.strip()
        assert not re.search(r"[\u4e00-\u9fff]", each.name_en), each.name_en
        if each.mark in CONFIRMED:
            assert clauses[each.clause].mark in CONFIRMED
        if not each.clause:
            assert each.mark is Mark.DEFAULT


def test_three_ways_of_chinas_law_differ_as_the_law_does():
    routes = load("cn").routes
    consent = {code: each.stages["notice"].consent for code, each in routes.items()}
    assert consent == {
        "cn-voluntary": ("policyholder", "insured"),  # 2011 measures
        "cn-merger": (),  # PIPL 22
        "cn-insolvency-life": (),  # Insurance Law 92
    }
    printed = [code for code, each in routes.items() if any(g.kind is Gate.PRINTED for g in each.stages["notice"].gates)]  # fmt: skip
    assert printed == ["cn-voluntary"]
    assert not routes["cn-insolvency-life"].stages["board"].needed
