"""What lies sealed on a shelf: the row names the holding of its key, so that the database knows it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from access.keystore import named_holding


class Shelved(models.Model):
    """`KIND` is the kind of its shelf."""

    KIND: ClassVar[str]
    ref: Any

    holding = models.UUIDField(unique=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.holding = self.holding_of(self.ref)
        super().save(*args, **kwargs)

    @classmethod
    def holding_of(cls, ref: UUID) -> UUID:
        return named_holding(f"{cls.KIND}/{ref}")
