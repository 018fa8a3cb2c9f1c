"""`make wheel`: sdist and wheel are built, each is installed into an empty environment, and the main job runs there.
`make archives` (`--only-build`): they are built.

Looked up, accepted, imported and shipped from a folder that holds nothing of the clone; ends with 1 at the first step
that does not hold. Needs the package index (for the build and the dependencies); ends by itself.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from tests.journey.launched import ROOT, free_port

MINUTES = 3.0
QUIET = ("--quiet", "--disable-pip-version-check")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="cdsync-installed-") as name:
        place = Path(name)
        tools = environment(place / "tools")
        archives = build(tools, place)
        if "--only-build" in sys.argv[1:]:
            print(*(f"{archive.name}: built" for archive in archives), sep="\n")
            return 0
        with ThreadPoolExecutor() as side_by_side:
            for said in side_by_side.map(partial(proved, tools, place), archives):
                print(said, flush=True)
    return 0


def proved(tools: Path, place: Path, archive: Path) -> str:
    """Installs an archive and does the main job with it; what was seen."""
    kind = archive.suffix.strip(".")
    Installed(install(tools, place / kind, archive), place / f"work-{kind}").does_the_main_job()
    return f"{archive.name}: built, installed, looked up, accepted, imported, shown"


def build(tools: Path, place: Path) -> list[Path]:
    """The sdist, and the wheel that is made from it."""
    subprocess.run([tools, "-m", "pip", *QUIET, "install", "build==1.6.1"], check=True)
    command = [tools, "-m", "build", "--outdir", place / "dist", ROOT]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return sorted((place / "dist").iterdir(), reverse=True)  # the wheel first


def environment(folder: Path, *options: str) -> Path:
    """An empty virtual environment's Python."""
    subprocess.run([sys.executable, "-m", "venv", *options, folder], check=True)
    return folder / "bin" / "python"


def install(tools: Path, folder: Path, archive: Path) -> Path:
    """By the pip of another environment, which is spared for each; modules are compiled when they are first used."""
    python = environment(folder, "--without-pip")
    pip = (tools, "-m", "pip", "--python", python, *QUIET)
    subprocess.run([*pip, "install", "--no-compile", archive], check=True)
    return python


class Installed:
    """`cdsync …` of an environment, in a folder of its own."""

    def __init__(self, python: Path, folder: Path) -> None:
        folder.mkdir()
        self.command = str(python.with_name("cdsync"))
        self.folder = folder
        self.port = free_port()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CDSYNC_", "PYTHON"))}
        self.environment = kept | {"CDSYNC_INSTANCE": str(folder / "data"), "CDSYNC_PORT": str(self.port)}

    def does_the_main_job(self) -> None:
        """Raises AssertionError, or CalledProcessError, where it does not hold."""
        log = self.folder / "run.log"
        with log.open("w") as output:
            running = subprocess.Popen(
                [self.command, "run"], cwd=self.folder, env=self.environment, stdout=output, stderr=output
            )
        try:
            self._wait_for(log, running)
            self._pages_are_whole()
            self._orders_go_through()
        finally:
            running.send_signal(signal.SIGINT)
            assert running.wait(60) == 0, log.read_text()

    def _wait_for(self, log: Path, running: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + MINUTES * 60
        while "Ctrl-C stops everything" not in log.read_text():
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)

    def _pages_are_whole(self) -> None:
        for path in ("/sign-in", "/static/cdsync.css", "/static/vendor/htmx-4.min.js"):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                assert answer.status == 200
                assert len(answer.read()) > 500, path

    def _orders_go_through(self) -> None:
        for operation in ("lookup", "accept", "lookup", "import"):
            report = self.says("sync", operation, "--wait", "--json")
            assert report["state"] == "finished", report
        imported = self.says("orders", "list", "--state", "imported", "--json")
        assert imported
        assert all(order["shop_orders"] for order in imported), "an imported order without its shop order"

    def says(self, *arguments: str) -> Any:
        """What a command answers as JSON; exit code 1 (finished, with problems of some orders) is as good."""
        done = subprocess.run(
            [self.command, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=MINUTES * 60, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)


if __name__ == "__main__":
    raise SystemExit(main())
