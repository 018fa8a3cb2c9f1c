"""The life of an order: its moves, claims, problems, decisions, and what follows when the marketplace moves on."""
