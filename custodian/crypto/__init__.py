"""Keys, sealed values, blind indexes and signatures: bytes in, bytes out, no framework."""
