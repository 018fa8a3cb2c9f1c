"""`orders list` and `orders show`: what is known of orders, in words or JSON. `recount`: whether their figures hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from cdsync import accounts, kept_figures, settings, states
from cdsync.db import reading, transaction
from cdsync.errors import ConfigError
from cdsync.models import Account, Order
from cdsync.order_lists import tabs
from cdsync.order_lists.long_lists import orders_of, with_what_rows_show

from .accounts_option import account_option, called
from .order_json import order_json
from .output import PROBLEMS, complain, give_up, in_sentences, put, put_json, put_json_array, sentence, steps

DATES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")

group = AppGroup("orders", help="What is known of orders.")


@group.command("list")
@account_option
@click.option("--state", type=click.Choice(states.STATES), help="Only orders in this state.")
@click.option("--since", type=click.DateTime(DATES), help="Only orders bought since then: a day, or a time in UTC.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of orders, written as they are read.")
@in_sentences
def list_orders(
    account: str | None, state: str | None, since: datetime | None, limit: int | None, as_json: bool
) -> None:
    """Lists orders, the newest first; of all accounts when none is named."""
    with reading() as session:
        query = select(Order.id) if account is None else _of(accounts.find(account))
        if state:
            query = query.where(Order.state == state)
        if since:
            query = query.where(tabs.date_of(tabs.ALL) >= since.replace(tzinfo=UTC))
        query = query.order_by(Order.purchased_at.desc(), Order.id.desc()).limit(limit)
        found = orders_of(session, query, with_what_rows_show(select(Order)))
        owners = {each.id: each for each in accounts.every()}
        if as_json:
            put_json_array(order_json(order, owners[order.account_id]) for order in found)
            return
        names = {each.id: called(each) for each in owners.values()}
        for order in found:
            put(_line(order, names[order.account_id]))


@group.command("show")
@click.argument("ref")
@account_option
@click.option("--json", "as_json", is_flag=True, help="Print the order as JSON.")
@in_sentences
def show(ref: str, account: str | None, as_json: bool) -> None:
    """Shows one order; REF is the marketplace's order id or its reference."""
    with reading() as session:
        named = or_(Order.marketplace_ref == ref, Order.reference == ref)
        order, owner = _the_one(ref, [(row[0], row[1]) for row in session.execute(_query(account).where(named))])
        if as_json:
            put_json(order_json(order, owner))
        else:
            put(*_in_words(order, owner))


def _of(account: Account) -> Select[int]:
    return select(Order.id).where(Order.account_id == account.id)


def _query(account: str | None):  # type: ignore[no-untyped-def]  # the select's type names every entity twice
    query = select(Order, Account).join(Account, Account.id == Order.account_id)
    query = query.options(selectinload(Order.lines), selectinload(Order.shop_orders))
    return query if account is None else query.where(Account.id == accounts.find(account).id)


def _the_one(ref: str, found: Sequence[tuple[Order, Account]]) -> tuple[Order, Account]:
    """The order meant; its id counts more than its reference, which several orders may share."""
    exact = [each for each in found if each[0].marketplace_ref == ref] or list(found)
    if not exact:
        raise ConfigError("order.unknown", orders=[ref])
    if len(exact) > 1:
        orders = [f"{order.marketplace_ref} ({owner.name})" for order, owner in exact]
        raise ConfigError("order.ambiguous", reference=ref, orders=orders)
    return exact[0]


def _line(order: Order, account: str) -> str:
    total = f"{order.total:f} {order.currency}" if order.total is not None else "-"
    numbers = " ".join(each.reference or each.shop_ref for each in order.shop_orders)
    columns = [f"{order.marketplace_ref:<26}", f"{order.state:<10}", f"{total:>14}", order.problem_code or "", numbers]
    return "  ".join([f"{account:<20}", *columns] if account else columns).rstrip()


def _in_words(order: Order, owner: Account) -> list[str]:
    told, account = order_json(order, owner), called(owner)
    lines = [
        f"{order.marketplace_ref} (reference {order.reference or '-'})",
        f"  state          {order.state} since {told['state_since']} (marketplace: {order.marketplace_status or '-'})",
        f"  total          {told['total'] or '-'} {order.currency}, shipping {told['shipping'] or '-'} of it",
    ]
    lines[1:1] = [f"  account        {account}"] if account else []
    lines += [f"  line           {each['quantity']} × {each['sku']}  {each['total']}" for each in told["lines"]]
    lines += [
        f"  shop order     {each['id']} {each['reference']}, paid {each['total_paid']}" for each in told["shop_orders"]
    ]
    if problem := told["problem"]:
        market = settings.marketplace_name(owner)
        lines.append(f"  problem        {sentence(problem['code'], order.problem_data, market)} ({problem['code']})")
        lines += [f"                 → {step}" for step in steps(problem["code"], order.problem_data, market)]
        if problem["next_try_at"]:
            lines.append(f"  next try       {problem['next_try_at']}")
    return lines


@click.command("recount")
@click.option("--only-say", is_flag=True, help="Mend nothing.")
@with_appcontext
@in_sentences
def recount(only_say: bool) -> None:
    """Counts anew how many orders stand where, and mends the figures that pages show of them.

    They are kept by the database as orders change; nothing has to call this. It reads every order once, and whatever
    runs meanwhile goes on. Exit code 1: figures differed, each is named.
    """
    with transaction() as session:
        found = kept_figures.recount(session, mend=not only_say)
        names = {each.id: each.name for each in accounts.every()}
    if not found:
        complain("Every figure is what a count says.")
        return
    lines = [f"  {names.get(each.account_id, '?')}: {each.figure} {each.key}: {each.missing:+d}" for each in found]
    complain("These differ, and by so many:" if only_say else "These differed by so many, and are right now:")
    give_up("\n".join(lines), PROBLEMS)
