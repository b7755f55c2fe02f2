"""Telling customers of an incident (PIPL art. 57): what leaked, why, what it may do, and what helps."""
