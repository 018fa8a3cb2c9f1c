"""The comparison of marketplace and shop."""
