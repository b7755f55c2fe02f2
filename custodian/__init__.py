"""Foundation below, composition on top; owns no tables."""
