"""`make run`: everything on one machine, as processes of one parent. Nothing else of cdsync imports this package."""
