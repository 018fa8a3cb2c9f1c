"""Connect your own shop, in five steps."""
