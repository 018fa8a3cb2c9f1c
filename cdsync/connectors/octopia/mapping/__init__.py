"""What Octopia's records mean: orders, lines, addresses, statuses. Asks nobody."""
