"""`sandbox`: the rehearsal marketplace and shop alone, as the process they are. Imports nothing of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


@click.command(
    "sandbox",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.pass_context
def command(context: click.Context) -> None:
    """The rehearsal servers alone; `sandbox --help` lists their options."""
    package_folder = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package_folder, os.environ.get("PYTHONPATH")]))
    sys.stdout.flush()
    # Becoming the process, rather than starting one, leaves nobody behind when this one is stopped.
    os.execve(
        sys.executable, [sys.executable, "-m", "cdsync.sandbox", *context.args], {**os.environ, "PYTHONPATH": path}
    )
