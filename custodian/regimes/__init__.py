"""The law as data: clauses and what follows from them, with source, mark and dates. No Django."""
