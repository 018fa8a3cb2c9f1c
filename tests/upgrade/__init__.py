"""Databases of every release with an import open at each step of the journal, and what becomes of them today."""
