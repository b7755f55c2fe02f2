"""The seller's part: what goes into a package, ordered by two, made by a job that can be killed."""

from __future__ import annotations

from transfers import progress
from transfers.handing_over import asking
from transfers.models import Stage

progress.register(Stage.PACKAGE, asking.missing)
