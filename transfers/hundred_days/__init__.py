"""The buyer's first hundred days: what came, what of it is missing or wrong, who puts it right by when."""
