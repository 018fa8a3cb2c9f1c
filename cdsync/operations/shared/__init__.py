"""What the operations share: reading, claiming and recording an order, and the run they work for."""
