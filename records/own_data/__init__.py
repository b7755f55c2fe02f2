"""What a customer sees of what is held about her: her data with its reasons, copies of it, who looked."""
