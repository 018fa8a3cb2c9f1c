"""An order as the marketplace tells it, stored: new, changed or as before."""
