"""`python -m cdsync.sandbox`: both rehearsal systems and the desk, until a signal comes. Loopback only.

Prints one line of JSON on standard output once everything answers; all else goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .rehearsal import Rehearsal, create_desk

STOPS = (signal.SIGINT, signal.SIGTERM)


class _QuietHandler(WSGIRequestHandler):
    """Leaves each page view out of the log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGINT or SIGTERM; 0 then, 2 when it could not start."""
    options = _options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # of this thread and all it starts: `_serve` waits for one
    world = Rehearsal(options.prestashop_version, options.state, options.scenario)
    try:
        world.start(options.octopia_port, options.prestashop_port)
        desk = make_server(
            "127.0.0.1", options.desk_port, create_desk(world), threaded=True, request_handler=_QuietHandler
        )
    except (OSError, ValueError) as error:
        print(f"The rehearsal could not start: {error}", file=sys.stderr)
        return 2
    _serve(world, desk)
    return 0


def _serve(world: Rehearsal, desk: BaseWSGIServer) -> None:
    thread = threading.Thread(target=desk.serve_forever, daemon=True)
    thread.start()
    print(json.dumps(world.connections() | {"desk": f"http://127.0.0.1:{desk.server_port}/"}), flush=True)
    signal.sigwait(STOPS)
    desk.shutdown()
    desk.server_close()
    thread.join(timeout=5)
    world.stop()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cdsync.sandbox", description=__doc__)
    for name in ("octopia", "prestashop", "desk"):
        parser.add_argument(f"--{name}-port", type=int, default=0, metavar="N", help="0 takes a free one")
    parser.add_argument("--state", type=Path, metavar="FILE", help="kept across starts")
    parser.add_argument("--scenario", choices=("rehearsal", "empty"), default="rehearsal")
    parser.add_argument("--prestashop-version", default="9.1.4", metavar="V")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
