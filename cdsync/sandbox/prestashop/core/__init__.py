"""One shop: its tables, clock, switches, stock and taxes. Answers no request."""
