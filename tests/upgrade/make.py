"""`python -m tests.upgrade.make RELEASE`: keeps the database of a release as it is with imports open at every step.

Run by hand, once for each release, from a clone with its whole history. The release's own code runs, in its own tree,
against its own rehearsal systems (`inside.py`); what both sides hold afterwards is kept in `releases/RELEASE/`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .keeping import keep
from .plan import RELEASES, plan_of

ROOT = Path(__file__).parents[2]


def make(name: str) -> None:
    release = RELEASES[name]
    with tempfile.TemporaryDirectory(prefix="cdsync-release-") as place:
        tree, instance = Path(place) / "tree", Path(place) / "instance"
        instance.mkdir()
        _check_out(release.commit, tree)
        python = _python(tree, Path(place) / "venv")
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CDSYNC_")},
            "PYTHONPATH": str(tree),
            "CDSYNC_ALLOW_PRIVATE_ADDRESSES": "loopback",
        }
        script = Path(__file__).with_name("inside.py")
        (instance / "plan.json").write_text(json.dumps(plan_of(release)))
        command = [python, script, "world", instance]
        subprocess.run(command, cwd=tree, env=environment, check=True)
        keep(instance, name, release.commit)


def _check_out(commit: str, tree: Path) -> None:
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(tree, filter="data")


def _python(tree: Path, place: Path) -> str:
    """An interpreter with what the release pins: this one where it has just that, else one of its own."""
    pins = [line.split(";")[0].split("#")[0].strip() for line in (tree / "requirements.txt").read_text().splitlines()]
    if all(_is_installed(pin) for pin in pins if pin):
        return sys.executable
    venv.create(place, with_pip=True)
    python = str(place / "bin" / "python")
    clock = f"time-machine=={version('time-machine')}"
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", tree / "requirements.txt", clock], check=True)
    return python


def _is_installed(pin: str) -> bool:
    name, _, wanted = pin.partition("==")
    try:
        return version(name.split("[")[0]) == wanted
    except PackageNotFoundError:
        return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade.make", description=__doc__)
    parser.add_argument("release", choices=RELEASES, nargs="+")
    for each in parser.parse_args().release:
        make(each)
