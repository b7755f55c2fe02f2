"""The log's own process: gives every entry its place in the tree, signs the head, and tells others."""
