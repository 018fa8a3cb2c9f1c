"""From an order that exists to an imported one: looked at, corrected, verified, or put away."""
