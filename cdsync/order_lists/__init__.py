"""Lists of orders, as pages and commands ask for them: filtered, searched, sorted, chosen from. Reads only."""
