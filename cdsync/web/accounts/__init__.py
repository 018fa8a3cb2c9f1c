"""All accounts side by side."""
