"""The option --account, and which account is meant without it."""

from __future__ import annotations

import click

from cdsync import accounts
from cdsync.errors import ConfigError
from cdsync.models import Account

account_option = click.option("--account", metavar="NAME", help="Which account; not needed while there is only one.")


def the_account(name: str | None) -> Account:
    """The named account, or the only one. Raises ConfigError: with several, none is guessed."""
    if name is None:
        known = [account.name for account in accounts.every()]
        if len(known) > 1:
            raise ConfigError("account.ambiguous", known=known)
    return accounts.find(name)
