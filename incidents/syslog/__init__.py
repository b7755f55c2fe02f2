"""Alerts from firewalls and detectors that speak syslog alone."""
