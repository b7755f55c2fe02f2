"""Two books that change hands in the demo's month: a closed one goes to another insurer, one comes."""
