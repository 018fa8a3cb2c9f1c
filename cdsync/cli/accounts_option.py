"""The option --account, which account is meant without it, and how an account is called in words."""

from __future__ import annotations

import click

from cdsync import accounts
from cdsync.errors import ConfigError
from cdsync.models import Account

account_option = click.option("--account", metavar="NAME", help="Which account; not needed while there is only one.")


def the_account(name: str | None) -> Account:
    """The named account, or the only real one; without a real one the rehearsal.

    Raises ConfigError("account.ambiguous") with several real ones: none is guessed.
    """
    if name is None:
        real = accounts.real()
        if len(real) > 1:
            raise ConfigError("account.ambiguous", known=[account.name for account in real])
    return accounts.find(name)


def called(account: Account) -> str:
    """The account for a sentence, "main" or "Try (rehearsal)"; "" where accounts need not be named."""
    if not accounts.are_named(account):
        return ""
    return f"{account.name} (rehearsal)" if account.rehearsal else account.name
