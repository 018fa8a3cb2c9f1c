"""cdsync built, installed into an empty environment, and put to work from there: `make wheel`."""
