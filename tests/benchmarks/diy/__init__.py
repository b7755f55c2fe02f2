"""The usual do-it-yourself stack: fields encrypted with Fernet, reads noted by django-auditlog."""
