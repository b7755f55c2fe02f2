"""Impact assessments: what owes one, writing and approving it, and the gates that ask for it."""
