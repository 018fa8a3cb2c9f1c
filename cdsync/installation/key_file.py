"""The generated key of an installation, in a file of the instance folder: made once, kept, and changed without a gap.

While secrets are encrypted anew, the former key stands in a second file beside it, so that both are there whatever
is interrupted. Encrypts nothing itself.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ConfigError

KEY_FILE, FORMER_FILE, LOCK_FILE = "secret_key", "secret_key.old", "secret_key.lock"
SHORTEST = 32  # characters


def kept_key(instance: Path) -> str:
    """The generated key of this installation, made at the first call, readable by its owner only.

    Web, worker and scheduler may start at the same moment: the link is what one of them wins.
    Raises ConfigError("config.secret_key_empty"), OSError.
    """
    path = instance / KEY_FILE
    if not path.exists():
        draft = _draft(path, new_key())
        try:
            with suppress(FileExistsError):  # another process was first; its key is the key
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    key = _read(path)
    if not key:
        raise ConfigError("config.secret_key_empty", file=str(path))
    return key


def keys(instance: Path) -> list[str]:
    """The key of the file, and the former one while it is being changed; as they are now, the newest first."""
    return list(dict.fromkeys(key for key in (_read(instance / KEY_FILE), _read(instance / FORMER_FILE)) if key))


def begin_change(instance: Path) -> None:
    """Puts a new key in the file; the former one stays readable until `end_change`.

    Called again after an interruption it takes up the same change and makes no third key. Raises OSError.
    """
    path, former = instance / KEY_FILE, instance / FORMER_FILE
    if not former.exists():
        _replace(former, kept_key(instance))
    if _read(former) == _read(path):
        _replace(path, new_key())


def end_change(instance: Path) -> None:
    """Forgets the former key: nothing is encrypted with it any more. Raises OSError."""
    (instance / FORMER_FILE).unlink(missing_ok=True)


@contextmanager
def changed_by_one(instance: Path) -> Iterator[None]:
    """Whoever else changes the key waits; the system frees the lock when the process ends, however it ends."""
    file = os.open(instance / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def new_key() -> str:
    return secrets.token_urlsafe(48)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""


def _replace(path: Path, key: str) -> None:
    os.replace(_draft(path, key), path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _draft(path: Path, key: str) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())  # secrets in the database are worth nothing without it
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
