"""`manage.py reindex`: make every fingerprint of the blind indexes with a new root, or go on with it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from access.key_rotation.commands import RotateCommand
from access.key_rotation.jobs import Kind, OnProgress
from access.models import KeyRotation
from records import reindexing


class Command(RotateCommand):
    help = "Rotate the root of the blind indexes while everybody searches / 在线轮换盲索引根密钥"
    kind = Kind.INDEX

    def work(self, rotation_id: int, on_progress: OnProgress) -> KeyRotation:
        return reindexing.work(rotation_id, on_progress=on_progress)

    def told(self) -> str:
        return _(
            "已换用第 %(version)s 号根密钥，%(n)s 条指纹已重算。旧根密钥在 %(hours)s 小时之后按期销毁。"
        )
