"""Rules tried against the past: every look that a rule decided is decided again, from the log alone."""
