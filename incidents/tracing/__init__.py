"""Who may have taken a list that got out: looks, exports and copies held against it, with the arithmetic."""
