"""An order on its way into the shop, and what the shop said of it."""
