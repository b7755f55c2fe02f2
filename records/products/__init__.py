"""Products: what they are filed and sold under, what was sold otherwise, when the law about them changes."""
