"""The rehearsal's page and banner."""
