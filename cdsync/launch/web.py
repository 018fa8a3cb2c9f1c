"""The web server: waitress as cdsync needs it. For `make run`, and by itself: python -m cdsync.launch.web

Half-open connections and forms without measure cost nobody else anything: they wait outside of the eight threads.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from cdsync import terminal
from cdsync.application import create_app
from cdsync.error_catalogue.plain_text import told
from cdsync.errors import ConfigError

COULD_NOT_RUN = 2
THREADS = 8
OPEN_CONNECTIONS = 800  # below the usual 1024 files of a process; each waits without a thread
IDLE_SECONDS = 60  # a connection on which nothing comes
REQUEST_SECONDS = 60  # from a request's first byte to its last, however it drips
LOOK_SECONDS = 5  # between two looks for such
MOST_BODY = 4 * 1024 * 1024  # bytes; refused before they are read. Above the application's own limit, which says more


def options(app: Flask, listen: str) -> dict[str, Any]:
    """Waitress's settings. listen: "127.0.0.1:8000".

    Its own trusted_proxy knows no prefix, so `cdsync.installation.behind_proxy` does that for every WSGI server alike;
    where no proxy is trusted, what proxies say is taken away here already.
    """
    return {
        "listen": listen,
        "threads": THREADS,
        "connection_limit": OPEN_CONNECTIONS,
        "asyncore_use_poll": True,  # select() ends at 1024 files
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": LOOK_SECONDS,
        "max_request_body_size": MOST_BODY,
        "max_request_header_size": 64 * 1024,
        "clear_untrusted_proxy_headers": not app.config.get("CDSYNC_TRUSTED_PROXY"),
        "ident": None,  # what runs here is nobody's business
    }


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows when the request on it began."""

    began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def drips(self, now: float) -> bool:
        """Whether a request has been coming for too long."""
        return self.request is not None and not self.requests and now - self.began > REQUEST_SECONDS


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress for one address, which also closes connections whose request would never end."""

    channel_class = _Channel

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.drips(now):
                channel.will_close = True


def server(app: Flask, listen: str) -> Server:
    """Listening already; `run()` serves until a signal comes, `close()` ends it from another thread."""
    return Server(app, adj=Adjustments(**options(app, listen)))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cdsync.launch.web", description="cdsync's web server")
    parser.add_argument("--listen", help="address and port; by default 127.0.0.1 and CDSYNC_PORT")
    chosen = parser.parse_args(arguments).listen
    try:
        app = create_app()
    except ConfigError as error:
        print(terminal.printable(told(error)), file=sys.stderr, flush=True)
        return COULD_NOT_RUN
    listening = server(app, chosen or f"127.0.0.1:{app.config['CDSYNC_PORT']}")
    keep_for_good()
    listening.run()
    return 0


def keep_for_good() -> None:
    """What is loaded stays loaded: looking through all of it for garbage held a page up for a fifth of a second now
    and then. Once, when everything is there."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
