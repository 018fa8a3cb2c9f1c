"""`user add`: somebody who may sign in. The password is printed once and kept nowhere in clear."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from cdsync import users

from .speech import complain, in_sentences

group = AppGroup("user", help="The people who sign in.")


@group.command("add")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(users.ROLES), required=True, help="merchant: everything; support: reads and retries."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up.")
@click.option(
    "--customer-data/--no-customer-data",
    default=False,
    help="Whether a support person sees buyers' names, addresses, phones and e-mails; a merchant always does.",
)
@in_sentences
def add(name: str, role: str, password_stdin: bool, customer_data: bool) -> None:
    """Adds a user and prints the made-up password, once."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    user, password = users.add(name, role, given, customer_data=customer_data)
    complain(f"{user.name} can sign in as {user.role}." + ("" if password_stdin else " The password, shown only now:"))
    if not password_stdin:
        click.echo(password)
