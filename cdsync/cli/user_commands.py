"""`user …`: who may sign in, and as what. A password is printed once, and kept nowhere in clear."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import AppGroup

from cdsync import users
from cdsync.models import User

from .output import complain, in_sentences, moment, put, put_json

group = AppGroup("user", help="The people who sign in.")

a_name = click.argument("name")
from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up."
)
SEES = "Whether a support person sees buyers' names, addresses, phones and e-mails; a merchant always does."


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array of users.")
@in_sentences
def list_users(as_json: bool) -> None:
    """Lists the users by name."""
    known = [_told(user) for user in users.every()]
    if as_json:
        put_json(known)
        return
    for user in known:
        put(_line(user))


@group.command("add")
@a_name
@click.option(
    "--role", type=click.Choice(users.ROLES), required=True, help="merchant: everything; support: reads and retries."
)
@from_stdin
@click.option("--customer-data/--no-customer-data", default=False, help=SEES)
@in_sentences
def add(name: str, role: str, password_stdin: bool, customer_data: bool) -> None:
    """Adds a user and prints the made-up password, once."""
    user, password = users.add(name, role, _given(password_stdin), customer_data=customer_data)
    _hand_over(f"{user.name} can sign in as {user.role}.", password, password_stdin)


@group.command("password")
@a_name
@from_stdin
@in_sentences
def set_password(name: str, password_stdin: bool) -> None:
    """Sets another password, prints it once when it is made up, and signs the user out everywhere."""
    user = users.find(name)
    password = users.set_password(user, _given(password_stdin))
    disabled = " The user is disabled all the same: see “user enable”." if user.disabled_at else ""
    _hand_over(f"{user.name} has another password, and is signed out everywhere.{disabled}", password, password_stdin)


@group.command("disable")
@a_name
@in_sentences
def disable(name: str) -> None:
    """Lets nobody sign in under this name any more, and signs it out everywhere; the last merchant stays."""
    user = users.find(name)
    users.disable(user)
    complain(f"{user.name} cannot sign in any more, and is signed out everywhere.")


@group.command("enable")
@a_name
@in_sentences
def enable(name: str) -> None:
    """Lets a disabled user sign in again, with the password from before."""
    user = users.find(name)
    users.enable(user)
    complain(f"{user.name} can sign in as {user.role}.")


@group.command("role")
@a_name
@click.argument("role", type=click.Choice(users.ROLES))
@click.option("--customer-data/--no-customer-data", default=None, help=SEES)
@in_sentences
def role(name: str, role: str, customer_data: bool | None) -> None:
    """Makes a user merchant (everything) or support (reads and retries); a merchant there must stay."""
    user = users.find(name)
    users.set_role(user, role, customer_data)
    sees = "" if user.role == users.MERCHANT else f", who {'sees' if user.sees_customers else 'does not see'} who buys"
    complain(f"{user.name} is {user.role} from now on{sees}.")


@group.command("remove")
@a_name
@in_sentences
def remove(name: str) -> None:
    """Removes a user, who is signed out everywhere; runs and events keep the name."""
    user = users.find(name)
    name = user.name
    users.remove(user)
    complain(f"{name} is removed. What was done under this name stays in the history.")


def _given(password_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if password_stdin else None


def _hand_over(sentence: str, password: str, was_given: bool) -> None:
    """The sentence on stderr; the password, when it was made up, alone on stdout."""
    complain(sentence + ("" if was_given else " The password, shown only now:"))
    if not was_given:
        put(password)


def _told(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "customer_data": user.sees_customers,
        "last_signed_in": moment(user.last_seen_at),
        "disabled_since": moment(user.disabled_at),
        "sign_ins": len(users.sign_ins.of(user)),
        "added": moment(user.created_at),
    }


def _line(user: dict[str, Any]) -> str:
    sees = user["role"] == users.SUPPORT and user["customer_data"]
    role = f"{user['role']}, sees customers" if sees else user["role"]
    seen = f"last signed in {user['last_signed_in']}" if user["last_signed_in"] else "never signed in"
    here = f"signed in at {user['sign_ins']}" if user["sign_ins"] else "not signed in"
    state = f"disabled since {user['disabled_since']}" if user["disabled_since"] else here
    return f"{user['name']:<20}  {role:<23}  {seen:<40}  {state}"
