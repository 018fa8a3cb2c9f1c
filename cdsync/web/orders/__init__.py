"""The addresses of the orders' pages, and what a person starts or mends from them."""
