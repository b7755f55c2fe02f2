"""What a gap is called, in the finding that it raises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models.findings import TELLERS
from custodian import clock
from custodian.backup import gaps

KIND = "restore-gap"
# By code, as the ledger of transfers has them.
TRANSFERS: Final[Mapping[str, Any]] = {
    "transfer-carried-out": gettext_lazy(
        "转让 %(code)s（%(party)s）在备份之后已经交割，恢复的数据库里还没有；核对时随即补办"
    ),
    "transfer-came": gettext_lazy(
        "转让 %(code)s：自 %(day)s 起由本公司负责的 %(count)s 名客户，在备份之后从%(party)s转入，"
        "恢复的数据库里没有。请向%(party)s重新接收移交包"
    ),
    "transfer-came-whole": gettext_lazy(
        "转让 %(code)s：从%(party)s转入的 %(count)s 名客户已经载入，自 %(day)s 起由本公司负责，"
        "恢复的数据库里没有记下；核对时补记并启用"
    ),
    "transfer-opened": gettext_lazy(
        "转让 %(code)s（%(party)s）是备份之后建立的，恢复的数据库里没有。请以同一转让标识重新建立"
    ),
    "transfer-stopped": gettext_lazy(
        "转让 %(code)s（%(party)s）在备份之后已经终止，恢复的数据库里仍在进行；核对时随即终止"
    ),
    "transfer-went": gettext_lazy(
        "转让 %(code)s：%(count)s 名客户自 %(day)s 起由%(party)s负责，恢复的数据库里没有记下；"
        "核对时补记，到交接时点即限制处理"
    ),
}


def told(facts: Mapping[str, Any]) -> str:
    if facts["what"] == gaps.LOG:
        return _("从备份恢复后丢失了已封存的查询记录 #%(first)s 至 #%(last)s，共 %(count)s 条") % {
            "first": f"{facts.get('first', 0):,}",
            "last": f"{facts['beyond'] - 1:,}",
            "count": f"{facts['count']:,}",
        }
    if facts["what"] == gaps.ROWS:
        return _("恢复之后、核对之前，表 %(table)s 的行数变了 %(count)s 行") % {
            "table": facts["table"],
            "count": f"{facts['count']:,}",
        }
    if facts["what"] == gaps.DOCUMENTS:
        return _("从备份恢复后，%(count)s 份客户文件登记在册而不在文件库中") % {
            "count": f"{facts['count']:,}"
        }
    if facts["what"] in TRANSFERS:
        return _of_transfer(facts)
    return _("从备份恢复后，库外台账 %(what)s 有 %(count)s 项不在数据库里") % {
        "what": facts["what"],
        "count": f"{facts.get('count', 0):,}",
    }


def _of_transfer(facts: Mapping[str, Any]) -> str:
    since = facts.get("since")
    day = clock.local(datetime.fromisoformat(since)).date() if since else None
    return str(TRANSFERS[facts["what"]]) % {
        "code": facts["ref"],
        "count": f"{facts.get('count', 0):,}",
        "party": facts.get("party", ""),
        "day": date_format(day, "DATE_FORMAT") if day else "",
    }


TELLERS[KIND] = told
