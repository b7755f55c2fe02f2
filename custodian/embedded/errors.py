"""The one error of the embedded services: what is wrong and what to do, in both languages."""

from __future__ import annotations

from pathlib import Path


class EmbeddedError(Exception):
    """The embedded services cannot be started or attached to."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")


def belongs_to_someone_else(path: Path) -> EmbeddedError:
    return EmbeddedError(
        f"没有权限使用 {path}：它由另一个系统用户创建。"
        "请改用那个用户，或把 CUSTODIAN_VAR 指向别处。",
        f"No permission to use {path}: another system user made it. "
        "Run as that user, or set CUSTODIAN_VAR to another folder.",
    )
