"""The ledger of transfers outside the database: what a house that comes back from a backup has to know."""
