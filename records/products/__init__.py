"""Products: what they are filed and sold under, what was sold otherwise, and whether the law about them changed."""
