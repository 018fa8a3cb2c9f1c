"""What a first start needs: tables, a first user, and settings that point at the rehearsal systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from cdsync import accounts, settings, users
from cdsync.db import db
from cdsync.models import User

FIRST_USER = "merchant"
REHEARSAL_CLIENT = "rehearsal"  # the client id the sandbox hands out: tells rehearsal settings from real ones

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
    """Makes the first user when there is none; answers (name, password), the password being shown only now."""
    with app.app_context():
        if db.session.scalar(select(func.count()).select_from(User)):
            return None
        user, password = users.add(FIRST_USER, "merchant")
        return user.name, password


def wants_rehearsal(app: Flask) -> bool:
    """Whether no account was connected to a real marketplace yet."""
    with app.app_context():
        return all(_is_rehearsal(settings.read(account).marketplace) for account in accounts.every())


def point_at_rehearsal(app: Flask, ready: Mapping[str, Any]) -> None:
    """Writes the rehearsal systems' addresses and keys into the settings; choices already made stay."""
    with app.app_context():
        known = accounts.every()
        document: dict[str, Any] = {
            "account": known[0].name if known else "main",
            "marketplace": {"connector": "octopia", **ready["octopia"], "sales_channels": ["CDISFR"]},
            "shop": {"connector": "prestashop", **ready["prestashop"]},
        }
        if not known:
            document["orders"] = {**_FIRST_CHOICES, **ready.get("orders", {})}
        settings.load(document, actor="make run")


def _is_rehearsal(marketplace: Mapping[str, Any]) -> bool:
    return marketplace.get("client_id") in (None, "", REHEARSAL_CLIENT)
