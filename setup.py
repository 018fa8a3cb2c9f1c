"""Templates, static files and migrations belong to the built package; all else is in pyproject.toml.

In a clone they stand beside the package, where people look for them; `cdsync.extension.folder` finds both. The htmx
file is copied out of an installed wheel (a build requirement) before the package is put together.
"""

from __future__ import annotations

import runpy
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
FOLDERS = {f"cdsync.{name}": name for name in ("templates", "static", "migrations")}

copy_htmx = runpy.run_path(str(HERE / "cdsync" / "web" / "assets" / "vendor.py"))["copy"]
try:
    copy_htmx(HERE / "static")
except FileNotFoundError:  # a build without isolation: the pages work without it, by links and forms
    if not (HERE / "static" / "vendor").is_dir():
        print("warning: built without htmx; pip install --no-deps -r requirements-assets.txt first")


def with_folders_inside(name: str) -> list[str]:
    """A folder and those inside it, as setuptools wants each folder of data to be named."""
    top = HERE / FOLDERS[name]
    inside = sorted(each for each in top.rglob("*") if each.is_dir() and each.name != "__pycache__")
    return [name, *(".".join([name, *each.relative_to(top).parts]) for each in inside)]


DATA = [folder for name in FOLDERS for folder in with_folders_inside(name)]

setup(
    packages=[*find_packages(include=["cdsync*", "rq_jobs*"]), *DATA],
    package_dir=FOLDERS,
    package_data={name: ["*"] for name in DATA},
)
