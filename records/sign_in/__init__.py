"""How customers come into the portal without a password, and an agent who knows their numbers does not."""
