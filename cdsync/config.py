"""What cdsync is told by its environment, each with a default. Everything else is a setting.

A value already in `app.config` wins over the environment, so tests and host apps can say their own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Config, Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from .connectors.http import allowed_addresses, pacing
from .connectors.http.local_traffic import LocalTraffic
from .errors import ConfigError
from .installation import behind_proxy, private_files
from .installation.key_file import KEY_FILE, SHORTEST, kept_key
from .installation.shared_traffic import SharedTraffic

VARIABLES = (
    "CDSYNC_DATABASE_URL", "CDSYNC_REDIS_URL", "CDSYNC_SECRET_KEY", "CDSYNC_SECRET_KEY_OLD", "CDSYNC_PORT"
)  # fmt: skip
PRIVATE_ADDRESSES = "CDSYNC_ALLOW_PRIVATE_ADDRESSES"
OPEN_REDIS = "CDSYNC_ALLOW_OPEN_REDIS"
TRUSTED_PROXY = "CDSYNC_TRUSTED_PROXY"
PERMISSIONS = (PRIVATE_ADDRESSES, OPEN_REDIS, TRUSTED_PROXY)  # what only whoever runs the installation can allow
DATABASE = "cdsync.sqlite3"
SHARED, KEY_FOLDER = "CDSYNC_INSTANCE_SHARED", "CDSYNC_KEY_FOLDER"  # what `configure` itself notes
DEFAULT_PORT = 8000
DEFAULT_WORKERS, MOST_WORKERS = 4, 64
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


def configure(app: Flask, *, shared: bool = False) -> None:
    """Fills the CDSYNC_* keys of `app.config` and what follows from them for the database.

    shared: the instance folder is a host app's too.
    Raises ConfigError("database.address_wrong"), ("config.port_wrong"), ("config.private_addresses_wrong"),
    ("config.trusted_proxy_wrong"),
    ("config.secret_key_empty"), ("config.secret_key_short"), ("instance.foreign") or ("instance.unusable").
    """
    instance = Path(app.instance_path)
    with usable(instance):
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in VARIABLES + PERMISSIONS:
        if not app.config.get(name) and os.environ.get(name):
            app.config[name] = os.environ[name]
    config = app.config
    config[SHARED] = shared
    config["CDSYNC_DATABASE_URL"] = database_url(config.get("CDSYNC_DATABASE_URL") or usual_database(instance))
    config["CDSYNC_REDIS_URL"] = config.get("CDSYNC_REDIS_URL") or f"unix://{redis_socket(instance)}"
    with usable(instance):
        _key(config, instance)
        if shared and config["CDSYNC_DATABASE_URL"] == usual_database(instance):
            private_files.make(instance / DATABASE)
        private_files.mend(instance, shared=shared)
    pacing.use(_traffic(config["CDSYNC_REDIS_URL"], open_allowed=open_redis_allowed(config)))
    allowed_addresses.allow(private_addresses(str(config.get(PRIVATE_ADDRESSES) or "")))
    config[TRUSTED_PROXY] = behind_proxy.trusted(config.get(TRUSTED_PROXY))
    config["CDSYNC_PORT"] = port(config.get("CDSYNC_PORT") or DEFAULT_PORT)
    config["SQLALCHEMY_DATABASE_URI"] = config["CDSYNC_DATABASE_URL"]
    chosen = config.get("SQLALCHEMY_ENGINE_OPTIONS") or {}
    config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(config["CDSYNC_DATABASE_URL"]) | chosen


def usual_database(instance: Path) -> str:
    """The address of the database when nothing else is said: a file of SQLite in the instance folder."""
    return f"sqlite:///{instance / DATABASE}"


def _key(config: Config, instance: Path) -> None:
    """The key told, else the kept one; that one may be changed while this process runs, so its folder is noted."""
    told = config.get("CDSYNC_SECRET_KEY")
    config["CDSYNC_SECRET_KEY"] = long_enough(told) if told else kept_key(instance)
    config[KEY_FOLDER] = None if told else str(instance)
    if not told:
        long_enough(config["CDSYNC_SECRET_KEY"], where=str(instance / KEY_FILE))


def database_url(url: str) -> str:
    """The address with the driver cdsync has: "postgresql://…" (or "postgres://…") means psycopg 3.

    Raises ConfigError("database.address_wrong"); the address itself is not repeated, it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("database.address_wrong", reason="not a database address") from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if parsed.get_backend_name() == "sqlite":
        return url
    raise ConfigError("database.address_wrong", reason=f"{parsed.drivername} is neither SQLite nor PostgreSQL")


def redis_socket(instance: Path) -> Path:
    """Where the embedded Redis listens: in the instance folder, unless that path is too long for a unix socket.

    Raises ConfigError("instance.foreign") when somebody else made the folder that it listens in then.
    """
    socket = instance / "redis.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    name = hashlib.sha256(os.fsencode(instance)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"cdsync-{name}"
    if private_files.is_somebody_elses(folder):
        raise ConfigError("instance.foreign", folder=str(folder))
    return folder / "redis.sock"


def port(value: object) -> int:
    """A TCP port from 1 to 65535; raises ConfigError("config.port_wrong")."""
    text = str(value).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise ConfigError("config.port_wrong", port=text)


def open_redis_allowed(config: Mapping[str, Any]) -> bool:
    """Whether a Redis that listens at a port may be used without a password."""
    return str(config.get(OPEN_REDIS) or "").strip().lower() in ("yes", "true", "1")


def private_addresses(text: str) -> tuple[allowed_addresses.Network, ...]:
    """The private networks that may be called; raises ConfigError("config.private_addresses_wrong")."""
    try:
        return allowed_addresses.networks(text)
    except ValueError:
        raise ConfigError("config.private_addresses_wrong", value=text) from None


def workers() -> int:
    """How many runs are worked on at once when none is long; raises ConfigError("config.workers_wrong")."""
    text = (os.environ.get("CDSYNC_WORKERS") or str(DEFAULT_WORKERS)).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_WORKERS:
        return int(text)
    raise ConfigError("config.workers_wrong", workers=text, most=MOST_WORKERS)


def long_enough(key: str, *, where: str = "CDSYNC_SECRET_KEY") -> str:
    """The key; raises ConfigError("config.secret_key_short"), which repeats nothing of it."""
    if len(key.strip()) < SHORTEST:
        raise ConfigError("config.secret_key_short", where=where, length=len(key.strip()), shortest=SHORTEST)
    return key


@contextmanager
def usable(instance: Path) -> Iterator[None]:
    """For what is made in the instance folder: raises ConfigError("instance.unusable") when it cannot be made there."""
    try:
        yield
    except OSError as error:
        raise ConfigError("instance.unusable", folder=str(instance), reason=error.strerror or str(error)) from error


def _traffic(url: str, *, open_allowed: bool) -> pacing.Traffic:
    """What counts requests: Redis for all processes; for this one alone where its address cannot be used."""
    try:
        return SharedTraffic(url, open_allowed=open_allowed)
    except ConfigError:  # said to whoever needs the queue
        return LocalTraffic()


def _engine_options(url: str) -> dict[str, Any]:
    silent = {"hide_parameters": True}  # an error's text goes to logs; names and addresses do not
    if url.startswith("sqlite"):
        return silent
    # A database restarted overnight must not cost the first order of the morning.
    return silent | {"pool_pre_ping": True}
