"""The commands: words on the command line in, sentences or JSON out. No rule about orders.

Each is imported when it is called: the one that cron calls every few minutes does not wait for all others to load.
"""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from .on_demand import OnDemand

CHECKS = "Checks database, migrations, Redis, workers, scheduler, runs, marketplace, shop rights and mappings."
RECOUNT = "Counts anew how many orders stand where, and mends the figures that pages show of them."
TIDY = "Throws away old requests, runs and the like, as the section `keep` of the settings says; orders never go."
SERVERS = "The rehearsal servers alone; `sandbox --help` lists their options."

COMMANDS: tuple[OnDemand, ...] = (
    OnDemand("settings", "cdsync.cli.settings_commands:group", "The settings document, in and out."),
    OnDemand("secrets", "cdsync.cli.secret_commands:group", "The key that stored secrets are encrypted with."),
    OnDemand("sync", "cdsync.cli.sync_command:command", "Starts one operation: what cron calls."),
    OnDemand("orders", "cdsync.cli.order_commands:group", "What is known of orders."),
    OnDemand("doctor", "cdsync.cli.doctor:command", CHECKS),
    OnDemand("recount", "cdsync.cli.order_commands:recount", RECOUNT),
    OnDemand("tidy", "cdsync.cli.tidy_command:command", TIDY),
    OnDemand("user", "cdsync.cli.user_commands:group", "The people who sign in."),
    OnDemand("sandbox", "cdsync.cli.sandbox_command:command", SERVERS),
    OnDemand("db", "flask_migrate.cli:db", "Perform database migrations."),
)


def add_to(group: click.Group) -> None:
    """Adds every command, the migrations' too, to the commands of an app."""
    for command in COMMANDS:
        group.add_command(command)


def group_for(app: Flask) -> click.Group:
    """All commands as one group `cdsync`, for the host app that cdsync is mounted in."""

    @click.pass_context
    def enter(context: click.Context) -> None:
        context.with_resource(app.app_context())

    group = AppGroup("cdsync", callback=enter, help="Marketplace orders into the shop.")
    add_to(group)
    return group
