"""No command takes a secret as one of its words: those stand in the process list and in the shell's history."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from cdsync import console

SECRET = re.compile(r"password|secret|token|key")


def parameters(command: click.Command, path: str) -> Iterator[tuple[str, click.Parameter]]:
    command = getattr(command, "loaded", command)  # those that are imported when they are called
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from parameters(each, f"{path} {name}")
    else:
        yield from ((path, each) for each in command.params)


def test_a_secret_is_read_from_standard_input_or_a_file() -> None:
    found = [(path, each) for path, each in parameters(console.group(), "cdsync") if SECRET.search(str(each.name))]
    assert found, "a password can be given to `user add`"
    assert [f"{path} {each.opts[0]}" for path, each in found if not getattr(each, "is_flag", False)] == []
