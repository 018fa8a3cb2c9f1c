"""Products: what each SKU is in the shop."""
