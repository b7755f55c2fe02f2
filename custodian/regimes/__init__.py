"""The law as data: clauses and what follows from them, each with its source, its mark and its dates. No Django."""
