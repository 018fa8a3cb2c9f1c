"""Measurements: speed and requests per order. Nothing here is asserted by a test; `make bench` prints and keeps it."""
