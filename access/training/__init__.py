"""Training: courses with their questions, undertakings, and who has what at a moment."""
