"""What a cart costs: prices, discounts, shipping, rounded as PrestaShop does."""
