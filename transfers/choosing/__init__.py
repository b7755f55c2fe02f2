"""Who moves: a rule over the book, who moves together, and who stays and why.

A customer belongs to one book, so she moves whole or not at all. Customers whom policies, claims or
representation join move together; if one of them stays, all of them do.
"""

from __future__ import annotations
