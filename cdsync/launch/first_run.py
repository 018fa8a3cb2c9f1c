"""What a first start needs: tables, a first user, and settings that point at the rehearsal systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from cdsync import accounts, settings, users
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account, User

FIRST_USER = "merchant"

_FIRST_CHOICES = {
    "imported_status": "2",
    "shipped_status": "4",
    "payment_module": "ps_wirepayment",
}


def migrate(app: Flask) -> None:
    """Brings the tables to the newest form."""
    with app.app_context():
        upgrade()


def first_user(app: Flask) -> tuple[str, str] | None:
    """Makes the first user when there is none; returns (name, password), the password being shown only now."""
    with app.app_context():
        if db.session.scalar(select(func.count()).select_from(User)):
            return None
        user, password = users.add(FIRST_USER, "merchant")
        return user.name, password


def wants_rehearsal(app: Flask) -> bool:
    """Whether no account was connected to a real marketplace and a real shop yet."""
    with app.app_context():
        return not any(_is_connected(account) for account in accounts.real())


def point_at_rehearsal(app: Flask, ready: Mapping[str, Any]) -> None:
    """Writes the rehearsal systems' addresses and keys into the rehearsal account; choices already made stay."""
    with app.app_context():
        known = accounts.rehearsal()
        document: dict[str, Any] = {
            "account": known.name if known else accounts.free_name(accounts.REHEARSAL),
            "marketplace": {"connector": "octopia", **ready["octopia"], "sales_channels": ["CDISFR"]},
            "shop": {"connector": "prestashop", **ready["prestashop"]},
        }
        if known is None or not known.settings.get("orders"):
            document["orders"] = {**_FIRST_CHOICES, **ready.get("orders", {})}
        account = settings.load(document, actor="make run", rehearsal=True)
        account.desk, account.active = str(ready.get("desk", "")), True
        db.session.commit()


def leave_rehearsal(app: Flask) -> None:
    """Its systems are not started this time: its schedules rest."""
    with app.app_context():
        known = accounts.rehearsal()
        if known is not None:
            known.active = False
            db.session.commit()


def _is_connected(account: Account) -> bool:
    try:
        missing = settings.is_complete(account)
    except ConfigError:  # its connector is gone: it was a real one all the same
        return True
    return not any(name.startswith(("marketplace.", "shop.")) for name in missing)
