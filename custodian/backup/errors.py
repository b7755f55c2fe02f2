"""Why a backup, a restore or its reconciliation was refused; the operator reads the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError

WHY: Final[Mapping[str, Any]] = {
    "backup-key-missing": _(
        "没有备份公钥，备份无法加密。请运行 manage.py create_backup_key，并设置 CUSTODIAN_BACKUP_KEY。"
    ),
    "backup-key-unreadable": _("备份密钥不能读取：文件须存在、只有属主可读，并且是备份密钥。"),
    "checkpoint-older": _("所给的检查点比备份时已有的还旧，或另有更新的。请给库外最新的检查点。"),
    "checkpoint-unreadable": _("检查点不能读取，或不是日志密钥所签。"),
    "counts-differ": _("恢复的行数与清单不符，已全部撤回，数据库没有改变。"),
    "file-altered": _("备份文件与清单不符：被改动、截断或换过。"),
    "gap-not-accepted": _(
        "有缺口。查清以后，请加 --accept-gap 并写明理由再运行；缺口会作为事件上报。"
    ),
    "keys-gone": _("这份备份的密钥流已到期删除。请用 --keys 指明一份更晚、密钥流还在的备份。"),
    "keys-older": _("密钥流比数据流早。请用同一份或更晚的备份的密钥流。"),
    "ledger-broken": _("转让台账不全或签名不符：可能缺号或被改动。请取得完整的一份。"),
    "ledger-not-carried-out": _(
        "转让台账上有一笔已经交割的转出，建立于备份之后，这个数据库不能补记：建立人当时还没有登记。"
        "请改用这笔转让建立之后的备份恢复；在此之前，已转出的客户不能恢复服务。"
    ),
    "ledger-older": _("转让台账比已知的还少。请用 --ledger 给库外最新的一份。"),
    "log-rewritten": _("数据库里的日志与库外的检查点分叉，不是缺口。请勿继续，先保全证据。"),
    "manifest-unreadable": _("备份清单不能读取，或不是本系统所签。"),
    "migrations-differ": _("数据库的结构与备份时不同。请安装备份时的版本并迁移后再恢复。"),
    "not-empty": _("数据库里已有资料。只能恢复到刚迁移、还没有资料的数据库。"),
    "not-restored": _("数据库没有等待核对的恢复。"),
    "no-superuser": _("恢复须以数据库超级用户登录，请设置 DATABASE_SUPERUSER_URL。"),
    "tombstones-broken": _("销毁凭据不全或签名不符：可能缺号或被改动。请取得完整的一份。"),
    "tombstones-older": _("销毁凭据比备份时已有的还少。请给库外最新的一份。"),
    "wrong-insurer": _("备份属于另一家机构。"),
    "wrong-key": _("备份不能用这把私钥打开，或已损坏。"),
}


class BackupRefused(CustodianError):
    """Nothing was changed; `code` says why."""

    status = 409

    def __init__(self, code: str, *details: object) -> None:
        self.code = code
        said = " ".join(str(each) for each in details)
        super().__init__(f"{WHY[code]} {said}".strip())
