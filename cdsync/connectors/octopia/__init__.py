"""The Octopia connector: Cdiscount's seller API, version 2. Imports nothing of cdsync but errors and states."""

from .connector import Octopia

__all__ = ["Octopia"]
