"""What browsers load beside pages: static files by their content, and htmx out of its installed package."""
