"""Checking the whole log from its rows: nothing is taken on trust that can be computed again."""
