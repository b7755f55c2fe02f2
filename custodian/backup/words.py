"""What a gap is called, in the finding that it raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from access.models.findings import TELLERS
from custodian.backup import gaps

KIND = "restore-gap"


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
    return _("从备份恢复后，库外台账 %(what)s 有 %(count)s 项不在数据库里") % {
        "what": facts["what"],
        "count": f"{facts.get('count', 0):,}",
    }


TELLERS[KIND] = told
