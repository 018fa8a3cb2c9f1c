"""`secrets rotate`: a new key for the stored secrets. Shows none of them."""

from __future__ import annotations

from flask.cli import AppGroup

from cdsync import settings

from .output import PROBLEMS, complain, give_up, in_sentences

group = AppGroup("secrets", help="The key that stored secrets are encrypted with.")


@group.command("rotate")
@in_sentences
def rotate() -> None:
    """Encrypts every stored secret with a new key.

    A key that cdsync made itself is changed for a new one. One that you set: put the new one in CDSYNC_SECRET_KEY and
    the former in CDSYNC_SECRET_KEY_OLD, restart cdsync so, call this, and take CDSYNC_SECRET_KEY_OLD away. Whatever
    runs meanwhile goes on; interrupted, call it again. Exit code 1: a secret that no key can read is named.
    """
    done = settings.rotate()
    complain(f"Secrets encrypted anew: {done.secrets}.")
    if done.file:
        complain(
            f"The new key is in {done.file}: put it in your backup. At cdsync's next start everybody signs in again."
        )
    elif done.secrets:
        complain("Now take CDSYNC_SECRET_KEY_OLD away, wherever cdsync runs.")
    else:
        complain("Nothing had to be: all are encrypted with CDSYNC_SECRET_KEY. The help says how to change it.")
    if done.unreadable:
        complain("No key there is reads these; enter them again in Settings:")
        give_up("\n".join(f"  {account}: {key}" for account, key in done.unreadable), PROBLEMS)
