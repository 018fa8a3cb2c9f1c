"""Runs: the list, and one with its orders."""
