"""A synthetic quarter of an insurer's desk with planted snoopers: the ground truth of the audits.

Everything here is invented, follows from a seed, and touches no database.
"""
