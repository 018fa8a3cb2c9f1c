"""What is written down about requests: the journal of imports, turns at a shop's stock, exchanges, what was read."""
