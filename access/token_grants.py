"""Dated leave to act: what a token may see beyond the level for which a person would have to step up."""

from __future__ import annotations

from access.actors import TokenScope


def covered(token: TokenScope, *, purpose: str) -> frozenset[str]:
    """The elements that grants in force name for this token and this purpose."""
    from access.models import TokenGrant

    named = TokenGrant.objects.in_force().filter(token_id=token.token_id, purpose=purpose)
    return frozenset(code for codes in named.values_list("elements", flat=True) for code in codes)
