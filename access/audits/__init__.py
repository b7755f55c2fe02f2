"""Audits: every day each look is explained or flagged, by plain rules over what the log says."""
