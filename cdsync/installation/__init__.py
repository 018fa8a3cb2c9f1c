"""Where cdsync runs: its files, its key, its Redis, its proxy, the process it belongs to."""
