"""The numbers of the door for relatives. All are this company's defaults; no law says any of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

PROVEN_LASTS: Final = timedelta(minutes=30)  # from the right code to the last paper
PAPERS: Final = 4
# Messages to one contact, whoever asks for them: a stranger's telephone is not rung all day.
AN_HOUR: Final = 3
A_DAY: Final = 6
# Asked from one network address in a quarter of an hour, for whatever contacts.
OF_ADDRESS: Final = 10
# Asks that one contact may have open: no heap for one person.
OPEN: Final = 3
NOBODY_KEPT: Final = timedelta(days=30)  # from its arrival, where nobody was found
CLOSED_KEPT: Final = timedelta(days=90)  # from its end; what was taken into the file stays there
TURNS: Final = 4
