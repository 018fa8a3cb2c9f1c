"""The marketplace's own book: orders, their statuses, how they move, how they look in an answer. No HTTP."""
