"""Files of the instance folder are their owner's alone: made so, mended where they are not, and named where they stay
open. Knows nothing of what is in them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077  # the rights of group and of everybody
# What cdsync makes in an instance folder that it shares with a host's app.
OWN = ("cdsync.sqlite3*", "secret_key*", "redis.sock", "redis", "redis/*", "redis/*/*", "run.lock", "rehearsal.*")


def from_now_on() -> None:
    """Whatever this process and its children make is their owner's alone."""
    os.umask(OTHERS)


def mend(folder: Path, *, shared: bool) -> None:
    """Takes every right of others from what an earlier version, or somebody, left open.

    shared: the folder is a host app's too: only cdsync's own files; so where it holds other folders than cdsync's, as a
    home does. What belongs to somebody else cannot be mended; it is `left_open`.
    """
    for path in _everything(folder) if not shared and _is_alone(folder) else _own(folder):
        with suppress(OSError):  # it has gone meanwhile, or is not ours: `doctor` names it
            found = path.lstat()
            if found.st_mode & OTHERS and not stat.S_ISLNK(found.st_mode):
                path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def left_open(folder: Path, *, shared: bool) -> list[str]:
    """What others may read, write or enter, by its path."""
    found = []
    looked_at = _own(folder) if shared else _everything(folder) if _is_alone(folder) else [folder, *_own(folder)]
    for path in looked_at:
        with suppress(FileNotFoundError):
            mode = path.lstat().st_mode
            if mode & OTHERS and not stat.S_ISLNK(mode):
                found.append(str(path))
    return found


def make(path: Path) -> None:
    """An empty file of its owner's alone, where there is none: SQLite gives its other files the rights of this one."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def is_somebody_elses(folder: Path) -> bool:
    """Whether a folder of a known name in a place for everybody was made by another user, or only leads elsewhere."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid()


def _is_alone(folder: Path) -> bool:
    return all(each.name in OWN or each.is_symlink() or not each.is_dir() for each in folder.iterdir())


def _own(folder: Path) -> Iterator[Path]:
    for pattern in OWN:
        yield from folder.glob(pattern)


def _everything(folder: Path) -> Iterator[Path]:
    yield folder
    for where, folders, files in os.walk(folder):  # into no folder that is only linked
        yield from (Path(where, name) for name in (*folders, *files))
