"""Risks of handling customer data: the register, assessments, controls and the calendar of audits."""
