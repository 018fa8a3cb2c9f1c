"""The calls of the seller API, one by one, and how they refuse."""
