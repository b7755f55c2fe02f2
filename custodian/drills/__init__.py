"""Drills: what somebody might do to this installation, played on a copy that is thrown away."""
