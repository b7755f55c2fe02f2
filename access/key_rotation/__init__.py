"""Changing what wraps the keys, and destroying what wraps none any more, while everybody goes on working."""
