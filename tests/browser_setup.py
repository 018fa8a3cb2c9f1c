"""Sees to a Chromium for the browser tests; run by `make test`. Never fails: the tests say why they skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_browser() -> str | None:
    """The path of a Chromium on this machine: CDSYNC_BROWSER if set, else the PATH's."""
    if chosen := os.environ.get("CDSYNC_BROWSER"):
        return chosen
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Debian and Ubuntu, as root: the distribution's own package."""
    if find_browser() or not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "install", "chromium"]):
        try:
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, timeout=420, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            print(f"no browser could be installed ({error}); the browser tests will be skipped", file=sys.stderr)
            return


if __name__ == "__main__":
    install()
    print(f"browser: {find_browser() or 'none; the browser tests will be skipped'}")
