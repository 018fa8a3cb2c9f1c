"""The console command `cdsync`: every command of `flask --app app`, and the processes themselves. No logic.

`cdsync run` (everything on this machine), `cdsync workers`, `cdsync scheduler`, `cdsync sync import`, `cdsync doctor` …
"""

from __future__ import annotations

import runpy
import sys

import click
from flask.cli import FlaskGroup

from . import cli
from .application import of_this_process
from .extension import or_sentence

# Processes are modules of their own, the same that supervisors start with `python -m`.
PROCESSES = {
    "run": ("cdsync.launch", "Everything on this machine: Redis, web, workers, scheduler; Ctrl-C stops all."),
    "web": ("cdsync.launch.web", "The pages: --listen HOST:PORT, by default 127.0.0.1 and CDSYNC_PORT."),
    "workers": ("rq_jobs.workers", "The workers (CDSYNC_WORKERS, 4): carry out runs until they are stopped."),
    "worker": ("rq_jobs.worker", "One worker alone, for who counts them by other means."),
    "scheduler": ("rq_jobs.schedule", "The scheduler: starts runs when their time has come."),
}


def main() -> None:
    """The entry point of the installed command."""
    group().main(prog_name="cdsync")


def group() -> click.Group:
    """Every command; the application is made when one of them needs it."""
    commands = FlaskGroup(
        name="cdsync",
        create_app=lambda: or_sentence(of_this_process),
        add_default_commands=False,
        add_version_option=False,
        help="Cdiscount (Octopia) orders into a PrestaShop shop.",
    )
    cli.add_to(commands)
    for name, (module, text) in PROCESSES.items():
        commands.add_command(_process(name, module, text))
    return commands


def _process(name: str, module: str, text: str) -> click.Command:
    @click.command(name, help=text, context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def become(arguments: tuple[str, ...]) -> None:
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)

    return become


if __name__ == "__main__":
    main()
