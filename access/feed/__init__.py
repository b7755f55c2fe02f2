"""The log's entries for the insurer's security monitoring: JSON lines over syslog, nothing personal."""
