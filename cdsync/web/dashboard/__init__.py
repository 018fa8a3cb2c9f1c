"""The overview of one account."""
