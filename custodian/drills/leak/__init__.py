"""The drill of the sold list: insiders among colleagues, lists of several kinds, and who is named."""
