"""What RQ runs: thin jobs over cdsync's operations, the scheduler and the worker. No logic lives here."""
