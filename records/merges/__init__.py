"""Customers who may be one person: found by fingerprints, settled by two, and never merged silently."""

from records.merges.finding import seek
from records.merges.settling import ask, of_customer

__all__ = ["ask", "of_customer", "seek"]
