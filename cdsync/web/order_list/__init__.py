"""The list of orders: what its address asks, what it shows, which buttons it offers, its CSV."""
