"""What partners who hold a copy are told of a corrected value, and what shows that they have it."""
