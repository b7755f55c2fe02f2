"""Who moves together: connected components by union-find over one array of integers.

An array, and not a label column that SQL lowers step by step: a chain of a thousand policies would take a
thousand rounds over the table, each of which writes its rows anew, and here it is read once. Memory is five
bytes for each customer that was ever registered, whatever joins them.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from enum import IntFlag


class Mark(IntFlag):
    """What is known of an ordinal; the last two are of a whole component and lie at its root."""

    OURS = 1  # a customer of the book
    SEED = 2  # whom the rule names
    JOINED = 4  # something leads to her
    NAMED = 8
    BEYOND = 16  # somebody in it is not of the book


class Links:
    """Components of the ordinals from 1 to `most`; each is known by its smallest ordinal."""

    def __init__(self, most: int) -> None:
        self._parent = array("i", range(most + 1))
        self._marks = bytearray(most + 1)

    def mark(self, ordinals: Iterable[int], mark: Mark) -> None:
        for each in ordinals:
            self._marks[each] |= mark

    def join(self, pairs: Iterable[tuple[int, int]]) -> None:
        parent = self._parent
        for one, other in pairs:
            self._marks[one] |= Mark.JOINED
            self._marks[other] |= Mark.JOINED
            a, b = self.of(one), self.of(other)
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b

    def of(self, ordinal: int) -> int:
        """The component's smallest ordinal; what is passed on the way is shortened."""
        parent = self._parent
        while parent[ordinal] != ordinal:
            parent[ordinal] = ordinal = parent[parent[ordinal]]
        return ordinal

    def settle(self) -> str:
        """Say of each component whether the rule names it and whether it leads out of the book.

        A digest of all this, so that a run that goes on knows whether it was begun with the same.
        """
        marks = self._marks
        for ordinal in range(1, len(marks)):
            mark = marks[ordinal]
            if not mark:
                continue
            root = self.of(ordinal)
            self._parent[ordinal] = root
            if mark & Mark.SEED:
                marks[root] |= Mark.NAMED
            if mark & Mark.JOINED and not mark & Mark.OURS:
                marks[root] |= Mark.BEYOND
        return hashlib.sha256(self._parent.tobytes() + bytes(marks)).hexdigest()

    def is_named(self, component: int) -> bool:
        return bool(self._marks[component] & Mark.NAMED)

    def is_beyond(self, component: int) -> bool:
        return bool(self._marks[component] & Mark.BEYOND)
