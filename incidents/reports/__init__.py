"""Reports of a case to authorities: drafted from its facts, approved by two, frozen, and filed once."""
