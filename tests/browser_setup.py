"""Sees to a Chromium for the browser tests; run by `make test`. Without one they skip and say why.

With CDSYNC_BROWSER_NEEDED it is an error that there is none: where everything has to be proved, nothing may skip.
"""

from __future__ import annotations

import os
import shutil

from tests import packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NEEDED = "CDSYNC_BROWSER_NEEDED"


def find_browser() -> str | None:
    """The path of a Chromium on this machine: CDSYNC_BROWSER if set, else the PATH's."""
    if chosen := os.environ.get("CDSYNC_BROWSER"):
        return chosen
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Debian and Ubuntu, as root: the distribution's own package."""
    if find_browser() is None:
        packages.by_apt("chromium")


if __name__ == "__main__":
    install()
    found = find_browser()
    print(f"browser: {found or 'none; the browser tests will be skipped'}")
    raise SystemExit(found is None and bool(os.environ.get(NEEDED)))
