"""The same customer view on plaintext tables: no log, no row-level security, no encryption."""
