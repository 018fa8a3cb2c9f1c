"""HTTP to one host, for connectors: a hard end, limits, judged addresses, patience, what stands before it."""
