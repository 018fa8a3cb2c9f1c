"""What an address names may be of another account than the one looked at: looked at, it is gone to; never acted on.

A bookmark or a mail names an order or a run, not an account. For GET the account is switched, and that is said; for
anything else nothing is done, and it is said where it is. 404 only for what no account has.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import abort, make_response, render_template, request
from sqlalchemy import select

from cdsync import products
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account, Order, ReconcileRow, Run
from cdsync.order_lists import listing

from ..text.language import _
from .current_account import READS, account, look_at
from .messages import flash
from .parts import leave_for, wants_part


def order(ref: str) -> Order:
    """The order of that id or reference; 404 when no account has it."""
    found = listing.find(account().id, ref)
    if found is None:
        found = listing.find(_there(listing.accounts_with(ref), _("Order %(ref)s", ref=ref)).id, ref)
    return found or abort(404)


def run(id: int) -> Run:
    """The run of that number; 404 when there is none."""
    found = db.session.get(Run, id) or abort(404)
    if found.account_id != account().id:
        _there([found.account_id], _("Run %(id)s", id=id))
    return found


def reconcile_row(id: int) -> ReconcileRow:
    """The row of a comparison; 404 when there is none."""
    found = db.session.get(ReconcileRow, id) or abort(404)
    owner = found.reconciliation.account_id
    if owner != account().id:
        _there([owner], _("The row of %(ref)s", ref=found.reference or found.ref or ", ".join(found.shop_refs)))
    return found


def sku(text: str) -> None:
    """Goes to the account whose orders know a SKU, where that of this one do not. Unknown everywhere: stays here."""
    knowing = products.accounts_knowing(text)
    if knowing and account().id not in knowing:
        _there(knowing, _("SKU %(sku)s", sku=text))


def _there(account_ids: Collection[int], what: str) -> Account:
    """Makes this request one about the account that has it. Ends it when none has, several have, or it would act.

    Raises ConfigError("account.elsewhere").
    """
    owners = list(db.session.scalars(select(Account).where(Account.id.in_(account_ids)).order_by(Account.id)))
    if not owners:
        abort(404)
    if request.method not in READS:
        raise ConfigError("account.elsewhere", what=what, account=", ".join(each.name for each in owners))
    if len(owners) > 1:
        page = render_template("accounts/which.html", what=what, owners=owners)
        abort(make_response(page, 300))
    if wants_part():  # the frame around the part is of another account: the whole page is opened anew
        abort(leave_for(request.script_root + request.full_path.rstrip("?")))
    look_at(owners[0])
    text = _(
        "%(what)s belongs to the account “%(name)s”, which you are looking at now.", what=what, name=owners[0].name
    )
    flash(text, "wait")
    return owners[0]
