"""The insurer's own book, into which whoever comes singly is registered."""

from __future__ import annotations

from django.conf import settings

from records.models import Book


def own() -> Book:
    """This insurer's own book, opened when it is not there yet."""
    name = settings.CUSTODIAN_INSURER_NAME["zh"]
    book, _ = Book.objects.get_or_create(
        code=settings.CUSTODIAN_INSURER, defaults={"name": name, "insurer": name}
    )
    return book
