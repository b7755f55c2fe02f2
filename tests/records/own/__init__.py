"""The house's own records, as old as a test wants them."""
