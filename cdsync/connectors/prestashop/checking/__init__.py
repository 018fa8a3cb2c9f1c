"""The checks before any write, and the plan of an order that passes them. Writes nothing."""
