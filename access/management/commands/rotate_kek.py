"""`manage.py rotate_kek`: put every key under a new key-encrypting key, or go on with it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from access.key_rotation import jobs
from access.key_rotation.commands import RotateCommand
from access.key_rotation.jobs import Kind, OnProgress
from access.models import KeyRotation


class Command(RotateCommand):
    help = "Rotate the key-encrypting key while the house is open / 在线轮换密钥加密密钥"
    kind = Kind.KEK

    def work(self, rotation_id: int, on_progress: OnProgress) -> KeyRotation:
        return jobs.work(rotation_id, on_progress=on_progress)

    def told(self) -> str:
        return _(
            "已换用第 %(version)s 号密钥，%(n)s 个密钥已换到它之下。旧密钥在 %(hours)s 小时之后按期销毁。"
        )
