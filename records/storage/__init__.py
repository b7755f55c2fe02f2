"""Whether what is stored is whole and where it belongs, and the places where it lies."""
