"""Every command there is, found in the groups of the command line, with every value its arguments can have."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cdsync.operations import OPERATIONS

from .found import spread
from .populated import HERE, Populated


def invocations(
    commands: tuple[click.Command, ...], world: Populated, most: int, before: tuple[str, ...] = ()
) -> Iterator[list[str]]:
    """The words after `flask`: plainly, and with each flag; a run is carried out here. most: values of an argument."""
    for command in commands:
        path = (*before, str(command.name))
        if isinstance(command, click.Group):
            yield from invocations(tuple(command.commands.values()), world, most, path)
        elif command.name != "sandbox":  # it serves until it is stopped
            flags = [each for each in command.params if isinstance(each, click.Option) and each.is_flag]
            for with_flag in [(), *((each.opts[0],) for each in flags)]:
                inline = ("--inline",) if any(each.name == "inline" for each in flags) else ()
                for values in spread(_values(command, world), most):
                    yield [*path, *values, *{*with_flag, *inline}]


def _values(command: click.Command, world: Populated) -> list[tuple[str, ...]]:
    names = [each.name for each in command.params if isinstance(each, click.Argument)]
    known = {"ref": world.refs(HERE), "operation": list(OPERATIONS)}
    if not names:
        return [()]
    return [(value,) for value in known.get(names[0] or "", ["nobody", "-"])] if len(names) == 1 else []
