"""The commands: words on the command line in, sentences or JSON out. No rule about orders."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup
from flask_migrate.cli import db as migration_commands

from . import doctor, order_commands, sandbox_command, secret_commands, settings_commands, sync_command, user_commands

COMMANDS: tuple[click.Command, ...] = (
    settings_commands.group,
    secret_commands.group,
    sync_command.command,
    order_commands.group,
    doctor.command,
    user_commands.group,
    sandbox_command.command,
)


def add_to(group: click.Group) -> None:
    """Adds every command to an app's own `flask` commands."""
    for command in COMMANDS:
        group.add_command(command)


def group_for(app: Flask) -> click.Group:
    """All commands as one group `cdsync`, for the host app that cdsync is mounted in."""

    @click.pass_context
    def enter(context: click.Context) -> None:
        context.with_resource(app.app_context())

    group = AppGroup("cdsync", callback=enter, help="Marketplace orders into the shop.")
    add_to(group)
    group.add_command(migration_commands)
    return group
