"""Copies the htmx file out of the installed wheel into static/vendor/: run at set-up, never committed, no CDN.

`python -m cdsync.web.assets.vendor`. The wheel is django-htmx, installed without Django for this one file; htmx 4 is
wanted because its inheritance is explicit and its history keeps no pages in the browser's storage. Without the file
every page still works by links and forms.
"""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

WHEEL = "django-htmx"
IN_WHEEL = "django_htmx/static/django_htmx/htmx-4.min.js"
FILE = "vendor/htmx-4.min.js"


def copy(static: Path) -> Path:
    """Copies the file below `static` and returns where it is; raises FileNotFoundError when the wheel is absent."""
    try:
        source = Path(str(distribution(WHEEL).locate_file(IN_WHEEL)))
    except PackageNotFoundError as exc:
        raise FileNotFoundError(f"{WHEEL} is not installed: pip install --no-deps -r requirements-assets.txt") from exc
    target = static / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target


def main() -> int:
    beside_package = Path(__file__).parents[3] / "static"
    try:
        print(copy(beside_package))
    except FileNotFoundError as exc:
        print(f"{exc}\nThe pages work without it, but nothing changes in place.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
