"""The articles, a module for each part of the work, and what every one of them says. Data only."""
