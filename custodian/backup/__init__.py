"""Backups that do not bring the destroyed back: two streams, kept for different times, and a way back in."""
