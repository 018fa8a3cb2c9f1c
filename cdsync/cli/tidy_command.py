"""`tidy`: throws away what is older than the settings keep it. The scheduler does it every night by itself."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from cdsync.installation import stop_signals
from cdsync.retention import tidying

from .output import in_sentences, put, put_json


@click.command("tidy")
@click.option("--json", "as_json", is_flag=True, help="Print how many rows went as JSON.")
@with_appcontext
@in_sentences
def command(as_json: bool) -> None:
    """Throws away old requests, runs and the like, as the section `keep` of the settings says; orders never go.

    For cron, where the built-in scheduler is not used. In small portions: whatever runs meanwhile goes on. Ctrl-C ends
    it after the portion at hand.
    """
    with stop_signals.caught(stop_signals.StopFlag()) as stop:
        gone = tidying.tidy(stop.is_set)
    if as_json:
        put_json(gone)
    else:
        put(tidying.in_words(gone))
