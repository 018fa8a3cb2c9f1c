"""Puts templates, static files and migrations inside the package when it is built; all else is in pyproject.toml.

In a clone they stand beside the package, where people look for them; `cdsync.extension.folder` finds both.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

FOLDERS = ("templates", "static", "migrations")


class WithFolders(build_py):
    def run(self) -> None:
        super().run()
        for name in FOLDERS if not self.editable_mode else ():
            target = Path(self.build_lib) / "cdsync" / name
            shutil.copytree(name, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": WithFolders})
