"""The proof that an order is never made twice, never lost and exact to the cent, whatever breaks and whenever."""
