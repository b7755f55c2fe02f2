"""What each audience can walk to, as data; a place that is not built yet is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.vocabulary import Role


@dataclass(frozen=True)
class Count:
    number: int
    urgent: bool = False


@dataclass(frozen=True)
class Item:
    label: Any
    url_name: str
    icon: str = ""
    only_waiting: bool = False  # left out while nothing waits there for the person
    role: str = ""  # of the one whose place it is; none: everybody's of the frame
    also: tuple[str, ...] = ()  # first words of addresses beside its own that belong to it


@dataclass(frozen=True)
class Group:
    label: Any
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Place:
    label: Any
    url: str
    icon: str
    current: bool
    count: Count | None


@dataclass(frozen=True)
class Section:
    label: Any
    places: list[Place]


ADMIN = (
    Group(
        "",
        (
            Item(_("今日待办"), "admin:index"),
            Item(_("评分卡"), "admin:scorecard"),
            Item(_("请您说明"), "own_questions", only_waiting=True),
            Item(_("我的整改措施"), "own_remedies", only_waiting=True),
            Item(_("送达我的函件"), "own_letters", only_waiting=True),
        ),
    ),
    Group(
        _("数据台账"),
        (
            Item(_("信息目录"), "admin:inventory"),
            Item(pgettext_lazy("列表", "客户"), "admin:records_customer_changelist"),
            Item(_("导入账册"), "admin:import_upload"),
            Item(_("导入记录"), "admin:records_importrun_changelist"),
            Item(_("隔离区"), "admin:records_quarantinedrow_changelist", also=("quarantine",)),
            Item(pgettext_lazy("列表", "更正"), "admin:records_correction_changelist"),
            Item(pgettext_lazy("列表", "账册"), "admin:records_book_changelist"),
            Item(pgettext_lazy("列表", "险种"), "admin:products"),
            Item(pgettext_lazy("列表", "中介机构"), "admin:records_intermediary_changelist"),
            Item(_("疑似重复"), "admin:records_mergecase_changelist"),
            Item(_("真实性与整改"), "admin:authenticity"),
            Item(_("用途与同意"), "admin:consents"),
            Item(_("影响评估"), "admin:assessments"),
            Item(pgettext_lazy("列表", "客户申请"), "admin:requests"),
        ),
    ),
    Group(
        _("查询与权限"),
        (
            Item(_("查询日志"), "admin:querylog"),
            Item(_("日志核验"), "admin:access_verification_changelist"),
            Item(
                pgettext_lazy("列表", "访问规则"),
                "admin:access_policyrule_changelist",
                also=("rules",),
            ),
            Item(
                pgettext_lazy("列表", "审计发现"),
                "admin:access_finding_changelist",
                also=("findings",),
            ),
            Item(_("每日审计"), "admin:audits"),
            Item(_("授权与审批"), "admin:access_approval_changelist", also=("approvals",)),
            Item(pgettext_lazy("列表", "临时授权"), "admin:grants"),
            Item(_("紧急访问"), "admin:break_glasses"),
            Item(_("延后显示"), "admin:look_delays"),
            Item(pgettext_lazy("列表", "导出登记"), "admin:exports"),
            Item(pgettext_lazy("列表", "限额"), "admin:quotas"),
            Item(pgettext_lazy("列表", "权限复核"), "admin:recertifications"),
            Item(_("待我复核的权限"), "recertify", only_waiting=True),
            Item(
                pgettext_lazy("列表", "监管案件"),
                "admin:access_case_changelist",
                also=("cases", "bundles"),
            ),
            Item(pgettext_lazy("列表", "人员"), "admin:access_user_changelist", also=("people",)),
            Item(pgettext_lazy("列表", "机构"), "admin:access_unit_changelist", also=("units",)),
            Item(_("培训与承诺"), "admin:training"),
        ),
    ),
    Group(
        _("保存与销毁"),
        (
            Item(_("保存期限"), "admin:retention"),
            Item(_("法律保留"), "admin:records_legalhold_changelist"),
            Item(_("存储检查"), "admin:storage"),
            Item(_("销毁批次"), "admin:destructions"),
        ),
    ),
    Group(
        _("客户事项"),
        (
            Item(pgettext_lazy("列表", "赔案"), "admin:claims"),
            Item(_("理赔分析"), "admin:claims_analysis"),
            Item(_("理赔规定"), "admin:claim_terms"),
        ),
    ),
    Group(
        _("告知客户"),
        (Item(_("规则与公告"), "admin:notices"),),
    ),
    Group(
        _("事件"),
        (
            Item(_("事件告警"), "admin:incidents_alert_changelist", also=("alert",)),
            Item(
                _("事件处置"),
                "admin:incidents",
                also=(
                    "incident-affected",
                    "incident-evidence",
                    "incident-exercise",
                    "incident-leads",
                    "incident-report",
                ),
            ),
            Item(_("泄露溯源"), "admin:leak_tracing"),
            Item(pgettext_lazy("列表", "欺诈疑点"), "admin:fraud_board", also=("fraud",)),
            Item(_("反欺诈共享资料"), "admin:fraud_shared_register"),
            Item(_("责任追究"), "admin:sanctions", also=("sanction-paper",)),
            Item(_("聘用前查询"), "admin:rehire_screening"),
            Item(
                _("聘用限制名单"),
                "admin:rehire_flags",
                also=("sanction-batch", "sanction-release", "sanction-releases"),
            ),
        ),
    ),
    Group(
        _("风险与内控"),
        (
            Item(_("风险登记册"), "admin:risks", also=("risk",)),
            Item(_("风险评估"), "admin:risk_assessments"),
            Item(_("控制自查"), "admin:risk_controls"),
            Item(_("审计日历"), "admin:risk_calendar"),
        ),
    ),
    Group(
        _("业务转让"),
        (
            Item(_("转让看板"), "admin:transfers_board", also=("transfer", "transfers")),
            Item(
                pgettext_lazy("列表", "合作方"),
                "admin:transfers_counterparty_changelist",
                also=("agreement-papers", "agreements", "partners", "shares"),
            ),
            Item(_("告知合作方的更正"), "admin:tellings"),
        ),
    ),
    Group(
        _("系统"),
        (
            Item(_("任务进度"), "admin:jobs"),
            Item(pgettext_lazy("列表", "接口令牌"), "admin:access_apitoken_changelist"),
            Item(_("密钥"), "admin:keys"),
            Item(_("法规条款库"), "admin:law"),
        ),
    ),
)
DESK = (
    Group(
        "",
        (
            Item(_("查找客户"), "desk:find"),
            Item(_("我的客户"), "desk:mine"),
            Item(_("登记客户"), "desk:intake"),
            Item(pgettext_lazy("列表", "临时授权"), "desk:grants"),
            Item(_("紧急访问"), "desk:break_glass"),
            Item(_("待我复核的权限"), "recertify", only_waiting=True),
            Item(pgettext_lazy("列表", "导出"), "desk:exports"),
            Item(_("待办"), "desk:work"),
            Item(pgettext_lazy("列表", "客户申请"), "desk:requests", role=Role.SERVICE_DESK),
            Item(_("保单转到哪里"), "desk_transfer:enquiry", role=Role.SERVICE_DESK),
            Item(_("更正"), "desk:corrections"),
            Item(pgettext_lazy("列表", "理赔"), "desk:claims"),
            Item(_("理赔核实"), "desk_claim_check:checks", only_waiting=True),
            Item(_("我的学习"), "desk:learning"),
            Item(_("请您说明"), "own_questions", only_waiting=True),
            Item(_("我的整改措施"), "own_remedies", only_waiting=True),
            Item(_("送达我的函件"), "own_letters", only_waiting=True),
        ),
    ),
)
PORTAL = (
    Group(
        "",
        (
            Item(_("首页"), "portal:home", "home"),
            Item(_("我的资料"), "portal:data", "file"),
            Item(_("谁看过"), "portal:looks", "eye"),
            Item(_("我的申请"), "portal:requests", "list"),
        ),
    ),
)
REGULATOR = (
    Group(
        "",
        (
            Item(pgettext_lazy("列表", "案件"), "regulator:cases"),
            Item(_("检查点"), "regulator:checkpoints"),
            Item(_("如何核验"), "regulator:verify"),
            Item(_("转让"), "regulator:transfers"),
            Item(_("事件报告"), "regulator:reports"),
        ),
    ),
)
PUBLIC = (
    Group(
        "",
        (
            Item(_("首页"), "home"),
            Item(_("事件公告"), "public:notices"),
            Item(_("个人信息规则"), "public:rules"),
            Item(_("防骗提示"), "public:tips"),
            Item(_("业务转让公告"), "public:transfers"),
            Item(_("核验函件真伪"), "public:letters"),
        ),
    ),
)
FRAMES = {"admin": ADMIN, "desk": DESK, "portal": PORTAL, "regulator": REGULATOR, "public": PUBLIC}

Counter = Callable[[HttpRequest], Count | None]
_counters: dict[str, Counter] = {}


def count_for(url_name: str, counter: Counter) -> None:
    """Apps register in `ready()` how many things wait behind one place."""
    _counters[url_name] = counter


def sections(frame: str, request: HttpRequest, here: str = "") -> list[Section]:
    """The navigation of a frame; `here` names the current place where the path does not tell."""
    known = {
        item.url_name: url
        for group in FRAMES[frame]
        for item in group.items
        if (url := _reverse(item.url_name)) is not None
        and opens(item.url_name, request)
        and _is_for(item, request)
    }
    current = (
        known.get(here)
        or _current(list(known.values()), request.path)
        or known.get(_beside(frame, request.path))
    )
    found = [
        Section(group.label, list(_places(group, known, current, request)))
        for group in FRAMES[frame]
    ]
    return [section for section in found if section.places]


def _places(
    group: Group, known: Mapping[str, str], current: str | None, request: HttpRequest
) -> Iterator[Place]:
    for item in group.items:
        if item.url_name in known:
            place = _place(item, known[item.url_name], current, request)
            if not item.only_waiting or place.count or place.current:
                yield place


def opens(url_name: str, request: HttpRequest) -> bool:
    """Whether the place would let this person in; only the back office differs from role to role."""
    asked: Callable[[HttpRequest, str], bool] = getattr(admin.site, "opens", lambda *_any: True)
    return asked(request, url_name)


def _is_for(item: Item, request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return not item.role or (actor is not None and actor.role == item.role)


def _reverse(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def _current(urls: list[str], path: str) -> str | None:
    """The place that the path lies under; one that others lie under counts only for itself."""
    under = [url for url in urls if path == url or (path.startswith(url) and _is_leaf(url, urls))]
    return max(under, key=len, default=None)


def _beside(frame: str, path: str) -> str:
    """Whose place an address belongs to that lies beside its own; nothing where nobody's."""
    word = path.strip("/").partition("/")[2].partition("/")[0]
    items = (item for group in FRAMES[frame] for item in group.items)
    return next((item.url_name for item in items if word in item.also), "")


def _is_leaf(url: str, urls: list[str]) -> bool:
    return not any(other != url and other.startswith(url) for other in urls)


def _place(item: Item, url: str, current: str | None, request: HttpRequest) -> Place:
    counter = _counters.get(item.url_name)
    count = counter(request) if counter else None
    return Place(item.label, url, item.icon, url == current, count)
