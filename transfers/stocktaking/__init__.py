"""What moves, taken stock of: by element, purpose and place, and what of it is missing or wrong."""

from __future__ import annotations
