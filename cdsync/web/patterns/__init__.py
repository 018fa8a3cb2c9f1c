"""Every widget, with hostile and long values."""
