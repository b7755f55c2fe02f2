"""Fraud suspicion: what rules find, who looks at it, and what becomes of it. No claim waits for any of it."""
