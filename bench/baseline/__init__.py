"""What cdsync is measured against: the same work, done as it is usually done."""
