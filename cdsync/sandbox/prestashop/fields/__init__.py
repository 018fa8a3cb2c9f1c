"""Field tables of the webservice resources, one module per area; data only."""
