"""Installs what the tests need and this machine lacks: the distribution's packages, as root on Debian and Ubuntu.

Another apt-get may hold the lists or the packages, as on a machine just started: it is waited for. Whatever goes wrong
is said and not raised; whoever asked looks whether it is there now.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

PATIENCE_SECONDS = 120


def by_apt(package: str, *options: str) -> None:
    """Nothing where there is no apt-get, or not as root."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "-qq", "update")
        run("apt-get", "-qq", "-y", *options, "install", package)


def run(program: str, *arguments: str) -> None:
    # RUNLEVEL 1: Debian starts no server of its own after installing one (invoke-rc.d).
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            subprocess.run([program, *arguments], env=environment, stdout=subprocess.DEVNULL, timeout=600, check=True)
        except subprocess.CalledProcessError as error:
            if program == "apt-get" and time.monotonic() < limit:
                time.sleep(5)
                continue
            print(error, file=sys.stderr)
        except (subprocess.SubprocessError, OSError) as error:
            print(error, file=sys.stderr)
        return
