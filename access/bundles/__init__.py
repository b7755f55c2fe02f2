"""Bundles of the log for whoever supervises: chosen inside a case, built as a job, verified at home."""
