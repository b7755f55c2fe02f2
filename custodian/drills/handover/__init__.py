"""The drill of the book: two installations, a whole transfer from one to the other, and back again."""
