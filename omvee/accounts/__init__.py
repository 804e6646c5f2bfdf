"""Who may come in: the first administrator, invited people, and everybody where sign-up is open."""
