"""What is read from the shop: its products, stock, taxes, carriers, statuses. Writes nothing."""
