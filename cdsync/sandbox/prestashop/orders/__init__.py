"""What becomes of orders, the way PrestaShop's own classes do it: placed, moved, their rows and stock."""
