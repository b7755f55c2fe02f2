"""The register: weighed, treated, accepted by two, brought down by actions, and never without its history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from access import approvals, findings, gate
from access.models import Approval, Entry, User
from custodian import clock
from custodian.regimes.periods import Period
from custodian.workflow import IllegalMove
from incidents.cases import opening
from incidents.models import Risk, RiskAction, RiskEvent
from incidents.risks import accepting, actions, counts, matrix, register
from incidents.risks.scales import parsed, scales
from incidents.risks.standing import CannotOwn, Closed, NotInTime, SaysNothing
from incidents.risks.wording import FileRefused
from tests import estate
from tests.incidents.risk_office import DAY, Office, today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office() -> Office:
    return Office()


def events(risk: Risk) -> list[str]:
    return [each.what for each in risk.events.order_by("pk")]


def test_a_risk_is_weighed_and_due_by_its_level(office: Office) -> None:
    risk = office.risk(5, 5, 4, 4)
    assert (risk.inherent, risk.residual) == (25, 16)
    assert risk.code.startswith(f"R-{clock.local():%Y}-")
    assert risk.review_on == Period(months=scales().band(16).review_months).after(today())
    assert events(risk) == ["raised"]


@pytest.mark.parametrize("levels", [(6, 1, 1, 1), (0, 1, 1, 1), (2, 2, 3, 2), (2, 2, 2, 3)])
def test_what_is_not_on_the_scales_is_refused(office: Office, levels: tuple[int, ...]) -> None:
    with pytest.raises(register.NoScale):
        office.risk(*levels)


def test_the_database_lets_nothing_greater_be_left(office: Office) -> None:
    risk = office.risk(2, 2, 2, 2)
    with (
        pytest.raises(IntegrityError, match="risk_that_is_left_is_no_greater"),
        transaction.atomic(),
    ):
        Risk.objects.filter(pk=risk.pk).update(residual_impact=3)


def test_a_control_that_the_library_lacks_is_refused(office: Office) -> None:
    with pytest.raises(register.UnknownControl):
        office.risk(controls=["C-NONE-01"])


def test_history_is_only_added_to(office: Office) -> None:
    risk = office.risk()
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        RiskEvent.objects.filter(risk=risk).update(text="x")


def test_below_the_threshold_one_accepts(office: Office) -> None:
    risk = office.risk(3, 3, 2, 3)
    assert risk.residual < scales().accept_by_two_from
    assert office.treat(risk, "accept") is None
    risk.refresh_from_db()
    assert (risk.treatment, risk.acceptance) == ("accept", None)


def test_from_the_threshold_on_it_takes_somebody_else(office: Office) -> None:
    risk = office.risk(4, 4, 2, 4)
    assert risk.residual == scales().accept_by_two_from
    asked = office.treat(risk, "accept")
    risk.refresh_from_db()
    assert risk.treatment == "undecided"
    with pytest.raises(gate.Refused):
        office.approve(asked, office.officer)
    with pytest.raises(accepting.Pending):
        office.treat(risk, "accept", office.second)
    office.approve(asked, office.second)
    risk.refresh_from_db()
    assert (risk.treatment, risk.acceptance) == ("accept", asked)
    assert events(risk) == ["raised", "asked", "treated"]


def test_an_edit_voids_what_waits(office: Office) -> None:
    risk = office.risk(5, 5, 3, 4)
    asked = office.treat(risk, "accept")
    office.weigh(risk, 5, 5, 4, 4)
    assert asked is not None
    asked.refresh_from_db()
    assert asked.status == Approval.Status.VOID
    with pytest.raises(approvals.ContentChanged):
        office.approve(asked, office.second)


def test_an_acceptance_lapses_when_the_risk_grows_and_not_when_it_shrinks(office: Office) -> None:
    risk = office.risk(5, 5, 3, 4)
    office.approve(office.treat(risk, "accept"), office.second)
    risk.refresh_from_db()
    office.weigh(risk, 5, 5, 3, 3)
    risk.refresh_from_db()
    assert risk.treatment == "accept"
    office.weigh(risk, 5, 5, 4, 4)
    risk.refresh_from_db()
    assert (risk.treatment, risk.acceptance) == ("undecided", None)
    assert events(risk)[-1] == "lapsed"


def test_one_who_reduces_says_who_does_what_by_when(office: Office) -> None:
    risk = office.risk()
    with pytest.raises(accepting.NoAction):
        office.treat(risk, "reduce")
    office.action(risk)
    office.treat(risk, "reduce")
    risk.refresh_from_db()
    assert risk.treatment == "reduce"


def test_an_action_is_ended_by_its_owner_and_confirmed_by_another(office: Office) -> None:
    risk = office.risk()
    row = office.action(risk)
    office.finish(row, office.owner)
    row.refresh_from_db()
    with pytest.raises(actions.NotYours):
        office.verify(row, office.owner)
    office.verify(row, office.second)
    row.refresh_from_db()
    assert (row.state, row.verified_by) == ("done", office.second)
    outcomes = [each.facts["outcome"] for each in risk.events.filter(what="action").order_by("pk")]
    assert outcomes == ["opened", "done", "verified"]
    with pytest.raises(actions.Settled):
        office.finish(row, office.owner)


def test_nobody_confirms_his_own_action(office: Office) -> None:
    row = office.action(office.risk(), office.second)
    office.finish(row, office.officer)
    for person in (office.second, office.officer):
        with pytest.raises(actions.NotTheSecond):
            office.verify(row, person)
    with (
        pytest.raises(IntegrityError, match="verified_once_done_and_by_another"),
        transaction.atomic(),
    ):
        RiskAction.objects.filter(pk=row.pk).update(
            verified_at=clock.now(), verified_by=office.officer
        )


def test_what_does_not_work_is_done_again(office: Office) -> None:
    row = office.action(office.risk())
    office.finish(row, office.owner)
    with pytest.raises(SaysNothing):
        office.verify(row, office.auditor, works=False)
    office.verify(row, office.auditor, works=False, note="仍保存三年")
    row.refresh_from_db()
    assert (row.state, row.result, row.ended_at) == ("open", "", None)


def test_whoever_has_left_owns_nothing_and_no_day_lies_behind(office: Office) -> None:
    office.owner.is_active = False
    office.owner.save()
    risk = office.risk()
    with pytest.raises(CannotOwn):
        office.action(risk)
    with pytest.raises(NotInTime):
        office.action(risk, office.second, days=-1)


def test_a_risk_closes_once_nothing_is_open_and_comes_back_due(office: Office) -> None:
    risk = office.risk()
    row = office.action(risk)
    with estate.acting(office.officer) as actor, pytest.raises(register.StillOpen):
        register.close(risk, why="已消除", actor=actor)
    office.finish(row, office.owner)
    office.verify(row, office.second)
    with estate.acting(office.officer) as actor:
        register.close(risk, why="已消除", actor=actor)
        risk.refresh_from_db()
        with pytest.raises(Closed):
            register.review(risk, found="x", next_on=None, actor=actor)
        register.reopen(risk, why="又出现", actor=actor)
        risk.refresh_from_db()
        with pytest.raises(IllegalMove):
            register.reopen(risk, why="又出现", actor=actor)
    assert (risk.status, risk.review_on, risk.is_due) == ("open", today(), True)


def test_due_ones_come_greatest_first(office: Office) -> None:
    low, high, later = office.risk(2, 2, 2, 2), office.risk(5, 5, 5, 5), office.risk()
    Risk.objects.exclude(pk=later.pk).update(review_on=today())
    assert list(register.due()) == [high, low]


def test_the_matrix_counts_each_risk_in_its_cell() -> None:
    rows = matrix.drawn([(3, 4), (3, 4), (5, 1)], scales())
    cells = {(cell.likelihood, cell.impact): cell for row in rows for cell in row.cells}
    assert len(cells) == 25
    assert {at: cell.count for at, cell in cells.items() if cell.count} == {(3, 4): 2, (5, 1): 1}
    assert cells[5, 5].step > cells[1, 1].step


def test_scales_that_do_not_add_up_are_refused() -> None:
    text = (scales.__wrapped__.__globals__["_FILE"]).read_text(encoding="utf-8")
    for wrong in (text.replace("upto: 25", "upto: 24"), text.replace("level: 5", "level: 6")):
        with pytest.raises(FileRefused):
            parsed(wrong)


def test_each_unit_has_its_open_and_late_actions(office: Office) -> None:
    here = estate.unit("SZ")
    risk = office.risk(unit=here)
    office.action(risk)
    late = office.action(risk)
    RiskAction.objects.filter(pk=late.pk).update(due_on=today() - DAY)
    elsewhere = office.action(office.risk())
    found = counts.by_unit()
    assert found[here.pk] == counts.UnitCounts(open_actions=2, late_actions=1)
    assert found[elsewhere.owner.unit_id].open_actions == 1


# Who may see


def test_the_register_is_for_its_offices(office: Office, client: Client) -> None:
    risk = office.risk()
    address = f"/admin/risk/register/{risk.code}/"
    for person, status in ((office.officer, 200), (office.auditor, 200)):
        estate.login(client, person)
        assert client.get("/admin/risk/").status_code == status
        assert client.get(address).status_code == status
    for person in (office.owner, office.administrator):
        estate.login(client, person)
        assert client.get(address).status_code in {302, 403, 404}
    estate.login(client, office.auditor)
    assert client.get("/admin/risk/register/R-2020-999/").status_code == 404


def test_an_auditor_reads_and_does_not_weigh(office: Office, client: Client) -> None:
    risk = office.risk()
    estate.login(client, office.auditor)
    before = Entry.objects.count()
    said = {"act": "review", "found": "x"}
    assert client.post(f"/admin/risk/register/{risk.code}/", said).status_code == 403
    estate.drain()
    assert Entry.objects.filter(pk__gte=before, outcome="denied").exists()
    assert events(risk) == ["raised"]


def test_the_owner_of_an_action_sees_it_and_nothing_else(office: Office, client: Client) -> None:
    mine, other = office.action(office.risk()), office.action(office.risk(), office.second)
    estate.login(client, office.owner)
    assert "缩短保存期" in client.get("/accounts/remedies/").content.decode()
    address = f"/accounts/remedies/of-risk/{mine.ref}/"
    page = client.get(address).content.decode()
    assert "缩短保存期" in page
    assert "名单经合作方流出" not in page
    assert client.get(f"/accounts/remedies/of-risk/{other.ref}/").status_code == 404
    assert client.post(address, {"result": ""}).status_code == 422
    assert client.post(address, {"result": "已改"}).status_code == 302
    assert client.post(address, {"result": "再改"}).status_code == 409


# Pages


def raise_on_page(client: Client, officer: User, **more: str) -> Risk:
    said = {
        "title": "客服越权查询", "cause": "岗位权限过宽", "consequence": "资料外泄", "kind": "access",
        "inherent_likelihood": "4", "inherent_impact": "4", "residual_likelihood": "2",
        "residual_impact": "4", "controls": ["C-ACCESS-01"], "owner": officer.staff_no, **more,
    }  # fmt: skip
    answer = client.post("/admin/risk/new/", said)
    assert answer.status_code == 302, answer.content.decode()
    return Risk.objects.get(code=answer["Location"].rstrip("/").rpartition("/")[2])


def test_a_risk_goes_its_way_on_the_pages(office: Office, client: Client) -> None:
    estate.login(client, office.officer)
    risk = raise_on_page(client, office.officer)
    address = f"/admin/risk/register/{risk.code}/"

    def post(status: int, **said: str) -> str:
        answer = client.post(address, said)
        assert answer.status_code == status, answer.content.decode()
        return answer.content.decode()

    assert "至少要有一项" in post(422, act="treat", treatment="reduce", why="降")
    post(
        302, act="action", title="收回权限", owner=office.owner.staff_no, due_on=f"{today() + DAY}"
    )
    post(302, act="treat", treatment="reduce", why="降")
    levels = dict.fromkeys(register.LEVELS, "1")
    post(302, act="weigh", why="已收回", **levels)
    post(302, act="review", found="没有变化")
    assert "先办完再销号" in post(409, act="close", why="完")
    action = risk.actions.get()
    post(302, act="action-end", action=str(action.ref), end="done", result="已收回")
    estate.login(client, office.second)
    post(302, act="action-verify", action=str(action.ref), works="yes")
    post(302, act="close", why="完")
    page = client.get("/admin/risk/?show=closed").content.decode()
    assert "客服越权查询" in page
    assert "客服越权查询" not in client.get("/admin/risk/").content.decode()


def test_a_finding_leads_to_a_risk_that_names_it(office: Office, client: Client) -> None:
    found = findings.raise_finding("honey", severity="low", summary="x")
    estate.login(client, office.officer)
    assert "由此登记一项风险" in client.get(f"/admin/findings/{found.ref}/").content.decode()
    risk = raise_on_page(client, office.officer, finding=str(found.ref))
    assert (risk.origin, risk.origin_ref) == ("finding", str(found.ref))
    assert (
        f"/admin/findings/{found.ref}/"
        in client.get(f"/admin/risk/register/{risk.code}/").content.decode()
    )


def test_the_case_that_a_risk_came_from_is_named_to_its_group_alone(
    office: Office, client: Client
) -> None:
    with estate.acting(office.officer) as actor:
        case = opening.open_case(
            kind="other", title="名单外泄", occurred_at=None, aware_at=clock.now(), actor=actor
        )
    estate.login(client, office.officer)
    risk = raise_on_page(client, office.officer, incident=case.code)
    assert risk.origin_ref == case.code
    address = f"/admin/risk/register/{risk.code}/"
    assert case.code in client.get(address).content.decode()
    estate.login(client, office.second)
    assert case.code not in client.get(address).content.decode()
    # Whoever is not in it cannot name it either.
    other = raise_on_page(client, office.second, incident=case.code)
    assert (other.origin, other.origin_ref) == ("own", "")


def test_the_morning_shows_what_is_due(office: Office, client: Client) -> None:
    risk = office.risk()
    Risk.objects.update(review_on=today())
    late = office.action(risk)
    RiskAction.objects.filter(pk=late.pk).update(due_on=today() - timedelta(days=2))
    estate.login(client, office.officer)
    page = client.get("/admin/").content.decode()
    assert risk.title in page
    assert "整改逾期 1" in page
    estate.login(client, office.administrator)
    assert risk.title not in client.get("/admin/").content.decode()
