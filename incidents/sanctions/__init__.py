"""Sanctions: what a person answers for, in which steps, and what others generally may not hire him for."""
