"""`settings load` and `settings show`: the settings document in and out as JSON. Checks nothing itself."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TextIO

import click
from flask.cli import AppGroup

from cdsync import accounts, relocation, settings

from .accounts_option import account_option, the_account
from .caller import who
from .output import complain, give_up, in_sentences, put_json

BOTH_WAYS = (
    'Another one: give it an account of its own, with another "account" in the file.',
    "Moved, and the same: load the file again with --moved.",
)
SHARED = {
    "marketplace": "The account “{name}” has the same seller: the two are kept apart by their sales channels.",
    "shop": "The account “{name}” imports into the same shop.",
}
group = AppGroup("settings", help="The settings document, in and out.")


@group.command("load")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--moved", is_flag=True, help="The seller or shop has moved and is the same: proved, then orders follow.")
@in_sentences
def load(file: TextIO, moved: bool) -> None:
    """Loads a JSON document of settings from FILE ("-": standard input).

    Keys left out keep their value; a new account starts from the real addresses. Anything wrong: each wrong key is
    named, and nothing is changed. Another seller or shop than the account's orders belong to is refused, unless
    --moved: then orders known from before are looked for there.
    """
    document = _without_mark(_parsed(file))
    proofs: tuple[relocation.Proof, ...] = ()
    try:
        if moved:
            account, proofs = relocation.load(document, actor=who())
        else:
            account = settings.load(document, actor=who(), ask=True)
    except settings.SettingsInvalid as invalid:
        lines = [f"  {key or 'document'}: {text}" for key, text in invalid.errors.items()]
        if isinstance(invalid, settings.SettingsMove):
            lines += BOTH_WAYS
        give_up("\n".join(["Nothing was changed:", *lines]))
    for proof in proofs:
        complain(_said(proof))
    complain(f"Settings of account {account.name} saved.")
    for side, name in settings.sharing(account, accounts.every()):
        complain(SHARED[side].format(name=name))
    missing = settings.is_complete(account)
    if missing:
        complain(f"Still missing: {', '.join(missing)}.")


def _said(proof: relocation.Proof) -> str:
    what = "shop" if proof.side == "shop" else "seller"
    if not proof.found:
        return f"{proof.place}: none of the orders had to be found there."
    version = f", version {proof.version}" if proof.version else ""
    return (
        f"{proof.place} is the same {what}{version}: orders {', '.join(proof.found)} were found there. "
        f"Orders that follow: {proof.orders}."
    )


@group.command("show")
@account_option
@in_sentences
def show(account: str | None) -> None:
    """Prints the settings as JSON, secrets masked; `settings load` takes it back."""
    shown = the_account(account)
    put_json({"account": shown.name, "rehearsal": shown.rehearsal, **settings.show(shown)})


def _without_mark(document: Any) -> Any:
    """The document without what `show` says beside it; a rehearsal's is not taken for a real account, nor back."""
    if not isinstance(document, dict) or "rehearsal" not in document:
        return document
    name = document.get("account")
    known = accounts.named(name) if isinstance(name, str) else None
    is_one = known is not None and known.rehearsal
    if document["rehearsal"] is not is_one:
        give_up(f"Nothing was changed: rehearsal: the account “{name}” is {'one' if is_one else 'none'}.")
    return {key: value for key, value in document.items() if key != "rehearsal"}


def _parsed(file: TextIO) -> Any:
    try:
        return json.loads(file.read(), parse_float=Decimal, object_pairs_hook=_no_key_twice)
    except UnicodeDecodeError:
        give_up("Nothing was changed: the file is not UTF-8 text.")
    except json.JSONDecodeError as wrong:
        give_up(f"Nothing was changed: not JSON, line {wrong.lineno}, column {wrong.colno}: {wrong.msg}.")
    except RecursionError:
        give_up("Nothing was changed: brackets are nested too deep for a document of settings.")
    except ValueError as wrong:
        give_up(f"Nothing was changed: {wrong}")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The last of two equal keys would win in silence."""
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _value in pairs]
        raise ValueError(f"the key “{next(key for key in keys if keys.count(key) > 1)}” is there twice.")
    return result
