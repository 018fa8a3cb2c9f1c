"""What an import makes in the shop: customer, addresses, cart, prices, and the one request for the order."""
