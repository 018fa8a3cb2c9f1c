"""The lists of orders, the page of one, and what can be started from them."""
