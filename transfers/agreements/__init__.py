"""Agreements: what a partner may receive, on which terms, until when, and what must be shown at the end."""
