"""Relatives of a deceased customer who are no customers themselves (PIPL art. 49)."""
