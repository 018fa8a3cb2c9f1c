"""Random orders, imported and read back: the proof that imported money is exact to the cent."""
