"""The articles themselves, a module for each part of the work. Data only."""
