"""Exports: bulk data leaves as an approved file that bears its recipient's fingerprint."""
