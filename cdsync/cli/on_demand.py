"""Commands that are listed with their words at once, and imported when they are called. Knows none of them."""

from __future__ import annotations

import importlib
from typing import Any

import click


class OnDemand(click.Command):
    """A command or a group of commands in a module of its own.

    place: "package.module:attribute". words: as the command's own help begins, for the list of commands.
    """

    def __init__(self, name: str, place: str, words: str) -> None:
        super().__init__(name, help=words)
        self.place = place

    @property
    def loaded(self) -> click.Command:
        """The command itself."""
        module, _, attribute = self.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The command's own: from here on it is the one that is called, asked for help, or completed."""
        return self.loaded.make_context(info_name, args, parent=parent, **extra)
