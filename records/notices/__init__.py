"""Texts that the insurer publishes: rules of processing, tips, articles and announcements."""
