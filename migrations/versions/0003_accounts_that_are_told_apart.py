"""The rehearsal is an account of its own, and every order says where it was found and where it goes.

Accounts that were tied to the rehearsal become the rehearsal account. Orders of a real account that were found at the
rehearsal (it was connected to real systems afterwards) move there, and the real account says so. An order of which
nothing tells where it was found keeps an empty seller: nothing of it is written anywhere until a lookup reads it.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 19:40:00
"""

import json
from datetime import datetime, timezone
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

API_URL = "https://api.octopia-io.net/seller/v2"
REHEARSAL, REHEARSAL_CLIENT, NAME = "rehearsal", "rehearsal", "Rehearsal"
LOOPBACK = ("127.", "localhost", "[::1]")
PORTION = 500
MOVED_WITH_ORDERS = ("shop_orders",)  # tables beside orders that name the account of an order

accounts = sa.table(
    "accounts", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("settings", sa.Text),
    sa.column("created_at", sa.DateTime), sa.column("updated_at", sa.DateTime), sa.column("rehearsal", sa.Boolean),
    sa.column("places", sa.Text),
    sa.column("active", sa.Boolean), sa.column("desk", sa.String), sa.column("notices", sa.Text),
)  # fmt: skip
orders = sa.table(
    "orders", sa.column("id", sa.Integer), sa.column("account_id", sa.Integer), sa.column("found_at", sa.DateTime),
    sa.column("seller", sa.String), sa.column("marketplace_ref", sa.String),
)  # fmt: skip
events = sa.table(
    "order_events", sa.column("order_id", sa.Integer), sa.column("kind", sa.String), sa.column("run_id", sa.Integer)
)
exchanges = sa.table(
    "exchanges", sa.column("id", sa.Integer), sa.column("run_id", sa.Integer), sa.column("side", sa.String),
    sa.column("url", sa.Text), sa.column("account_id", sa.Integer), sa.column("at", sa.DateTime),
)  # fmt: skip
named = sa.table("exchange_orders", sa.column("exchange_id", sa.Integer), sa.column("order_id", sa.Integer))


def upgrade():
    # Added one by one: remaking a table, as Alembic's batches do on SQLite, fails where other tables refer to its rows.
    for column in (
        sa.Column("rehearsal", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("places", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("desk", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("setup", sa.Text(), nullable=True),
        sa.Column("notices", sa.Text(), nullable=False, server_default="[]"),
    ):
        op.add_column("accounts", column)
    for name in ("seller", "shop"):
        op.add_column("orders", sa.Column(name, sa.String(length=255), nullable=False, server_default=""))
    connection = op.get_bind()
    known = connection.execute(sa.select(accounts.c.id, accounts.c.name, accounts.c.settings)).all()
    for account in known:
        if _is_rehearsal(_marketplace(account.settings)):
            _becomes_the_rehearsal(connection, account)
    for account in known:
        if not _is_rehearsal(_marketplace(account.settings)):
            _sort(connection, account.id, _marketplace(account.settings))


def downgrade():
    for name in ("shop", "seller"):
        op.drop_column("orders", name)
    for name in ("notices", "setup", "desk", "active", "places", "rehearsal"):
        op.drop_column("accounts", name)


def _marketplace(settings):
    try:
        return json.loads(settings or "{}").get("marketplace") or {}
    except ValueError:
        return {}


def _is_rehearsal(marketplace):
    return marketplace.get("client_id") == REHEARSAL_CLIENT


def _becomes_the_rehearsal(connection, account):
    settings = json.loads(account.settings)
    urls = [settings["marketplace"].get("api_url"), settings["marketplace"].get("token_url")]
    urls.append((settings.get("shop") or {}).get("url"))
    places = json.dumps(sorted({_host(str(url)) for url in urls if url}))
    values = {"rehearsal": True, "name": _free_name(connection), "places": places}
    connection.execute(sa.update(accounts).where(accounts.c.id == account.id).values(values))
    connection.execute(sa.update(orders).where(orders.c.account_id == account.id).values(seller=REHEARSAL))


def _free_name(connection):
    taken = set(connection.execute(sa.select(accounts.c.name)).scalars())
    return next(name for name in (NAME, *(f"{NAME} {number}" for number in range(2, 1000))) if name not in taken)


def _sort(connection, account_id, marketplace):
    """Each order to the seller it was found at, by the requests of the run that found it, else by any that names it."""
    host = _host(str(marketplace.get("api_url") or API_URL))
    seller_id = str(marketplace.get("seller_id") or "")
    here = f"{host}/{seller_id}" if seller_id else ""
    seen = _hosts_asked(connection, account_id)
    if not any(_is_invented(each, host) for each, _latest in seen):
        connection.execute(sa.update(orders).where(orders.c.account_id == account_id).values(seller=here))
        return
    until = max(latest for each, latest in seen if _is_invented(each, host))
    invented, unknown = [], 0
    rows = connection.execute(sa.select(orders.c.id, orders.c.found_at).where(orders.c.account_id == account_id)).all()
    for at in range(0, len(rows), PORTION):
        some = rows[at : at + PORTION]
        found = _found_at(connection, [row.id for row in some])
        for row in some:
            where = found.get(row.id)
            if where is not None and _is_invented(where, host):
                invented.append(row.id)
            elif where is None and row.found_at is not None and row.found_at <= until:
                unknown += 1
            else:
                seller = here if where in (None, host) else f"{where}/{seller_id}"
                connection.execute(sa.update(orders).where(orders.c.id == row.id).values(seller=seller))
    moved = _move(connection, account_id, invented)
    notice = [{"code": "account.sorted", "data": {"moved": moved, "unknown": unknown}}]
    connection.execute(
        sa.update(accounts).where(accounts.c.id == account_id).values(notices=json.dumps(notice))
    )


def _host(url):
    return urlsplit(url).netloc.lower()


def _is_invented(asked, host):
    """The rehearsal answers on this machine only; and what the account is tied to now is no rehearsal."""
    return asked != host and asked.startswith(LOOPBACK)


def _hosts_asked(connection, account_id):
    """Each host of the marketplace's side that this account ever asked, and when last."""
    query = sa.select(exchanges.c.url, sa.func.max(exchanges.c.at).label("at")).where(
        exchanges.c.account_id == account_id, exchanges.c.side == "marketplace"
    )
    latest = {}
    for row in connection.execute(query.group_by(exchanges.c.url)):
        host = _host(row.url)
        latest[host] = max(row.at, latest.get(host, row.at))
    return list(latest.items())


def _found_at(connection, order_ids):
    """The host that each order was found at, where a request tells."""
    asked = (exchanges.c.side == "marketplace", exchanges.c.url != "")
    by_name = sa.select(named.c.order_id, exchanges.c.url).join(exchanges, exchanges.c.id == named.c.exchange_id)
    found = {row.order_id: _host(row.url) for row in connection.execute(by_name.where(named.c.order_id.in_(order_ids), *asked))}
    runs = {
        row.order_id: row.run_id
        for row in connection.execute(
            sa.select(events.c.order_id, events.c.run_id).where(
                events.c.order_id.in_(order_ids), events.c.kind == "order.found", events.c.run_id.is_not(None)
            )
        )
    }
    of_run = sa.select(exchanges.c.run_id, exchanges.c.url).where(exchanges.c.run_id.in_(set(runs.values())), *asked)
    hosts = {row.run_id: _host(row.url) for row in connection.execute(of_run.order_by(exchanges.c.id.desc()))}
    return found | {order_id: hosts[run_id] for order_id, run_id in runs.items() if run_id in hosts}


def _move(connection, account_id, order_ids):
    """The orders into the rehearsal account, with their shop orders; how many."""
    if not order_ids:
        return 0
    there = _rehearsal(connection)
    taken = set(
        connection.execute(sa.select(orders.c.marketplace_ref).where(orders.c.account_id == there)).scalars()
    )
    refs = dict(connection.execute(sa.select(orders.c.id, orders.c.marketplace_ref).where(orders.c.account_id == account_id)).all())
    for order_id in order_ids:
        ref = refs[order_id] if refs[order_id] not in taken else f"{refs[order_id]} ({order_id})"
        values = {"account_id": there, "seller": REHEARSAL, "marketplace_ref": ref}
        connection.execute(sa.update(orders).where(orders.c.id == order_id).values(values))
    shop_orders = sa.table(
        "shop_orders", sa.column("order_id", sa.Integer), sa.column("account_id", sa.Integer), sa.column("shop_ref", sa.String)
    )
    for at in range(0, len(order_ids), PORTION):
        mine = shop_orders.c.order_id.in_(order_ids[at : at + PORTION])
        connection.execute(sa.update(shop_orders).where(mine).values(account_id=there))
    return len(order_ids)


def _rehearsal(connection):
    found = connection.execute(sa.select(accounts.c.id).where(accounts.c.rehearsal)).scalar()
    if found is not None:
        return found
    moment = datetime.now(timezone.utc).replace(tzinfo=None)
    values = {
        "name": _free_name(connection), "settings": "{}", "created_at": moment, "updated_at": moment,
        "rehearsal": True, "places": "[]", "active": False, "desk": "", "notices": "[]",
    }  # fmt: skip
    connection.execute(sa.insert(accounts).values(values))
    return connection.execute(sa.select(accounts.c.id).where(accounts.c.rehearsal)).scalar()
