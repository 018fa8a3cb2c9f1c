"""The settings: one form, one Save."""
