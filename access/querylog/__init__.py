"""The query log: what an entry says, how it is written before anything is shown, and how it is read."""
