"""Dated leave to act: what a token may see beyond the level for which a person would have to step up."""

from __future__ import annotations

from access.actors import TokenScope


def covers(token: TokenScope | None, *, code: str, purpose: str) -> bool:
    """Whether a grant in force names this token, this element and this purpose."""
    from access.models import TokenGrant

    if token is None:
        return False
    named = TokenGrant.objects.in_force().filter(token_id=token.token_id, purpose=purpose)
    return named.filter(elements__contains=[code]).exists()
