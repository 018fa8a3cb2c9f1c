"""A customer of the shop for each order: its own alias, or the buyer's address when that is surely his. Never PUTs one.

A PUT would empty the customer's secure_key and break every later order (recorded on 8.2.1 and 9.1.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdsync.errors import CdsyncError, RejectedError

from ...base import ImportPolicy, OrderDraft
from ..addresses import emails
from ..shop_data.reference import Reference
from ..shop_data.reference_rows import Group
from ..webservice.answers import EMAIL_TAKEN
from ..webservice.client import Webservice
from ..webservice.xml import Row
from .entities import Item, Key, Made, Maker
from .mapper import customer_body
from .stages import Given, Planned, WithCustomer
from .steps import CUSTOMER

FIELDS = "[id,email,lastname,deleted,is_guest,id_default_group]"
REFUSES_TWINS = (1, 7, 7)  # from here on a POST of a known e-mail is refused (code 140), guests aside


@dataclass(frozen=True)
class _Tried:
    """An order, and the e-mail that is tried for its customer."""

    order: Planned
    email: str

    @property
    def key(self) -> Key:
        return (self.email,)


class Customers:
    def __init__(self, webservice: Webservice, reference: Reference, maker: Maker) -> None:
        self._ws = webservice
        self._reference = reference
        self._maker = maker

    def give(self, orders: Sequence[Planned], policy: ImportPolicy) -> Given[WithCustomer]:
        group = self._reference.customer_group(policy.customer_group)
        addresses = {order.ref: self._addresses(order.plan.draft, policy, group) for order in orders}
        tried: dict[str, _Tried] = {}
        made, left, again = Made(), list(orders), False
        while left:
            trying = [_Tried(order, addresses[order.ref].pop(0)) for order in left]
            tried |= {each.order.ref: each for each in trying}
            unusable = self._make(trying, group, made, look_first=again or self._worth_looking(trying))
            again = True
            left = [each.order for each in unusable if addresses[each.order.ref]]
            for each in unusable:
                made.errors.pop(each.key, None)
                if not addresses[each.order.ref]:
                    made.errors[each.key] = RejectedError("import.no_customer", group=group.name)
        errors = {ref: made.errors[each.key] for ref, each in tried.items() if each.key in made.errors}
        through = [WithCustomer(o.checked, o.plan, made.ids[tried[o.ref].key]) for o in orders if o.ref not in errors]
        return Given(through, errors)

    def _addresses(self, draft: OrderDraft, policy: ImportPolicy, group: Group) -> list[str]:
        """The e-mails to try, in this order."""
        given = emails.given(draft) if policy.customer_email == "marketplace" else ""
        alias = emails.masked(draft, policy.account)
        return [*([given] if given else []), alias, *emails.others(draft, policy.account, group.id)]

    def _make(self, trying: Sequence[_Tried], group: Group, made: Made, *, look_first: bool) -> list[_Tried]:
        """Adds the customers found and made to `made`; those whose e-mail is a customer's that they cannot have."""
        known: dict[Key, str] = {}
        refused: list[_Tried] = []
        if look_first:
            known, refused = self._known(trying, group)
        refs = {each.order.ref for each in refused}
        items: dict[Key, Item] = {}
        for each in trying:
            if each.order.ref in refs:
                continue
            before = items.get(each.key)
            of = (*(before.refs if before else ()), each.order.ref)
            body = before.body if before else customer_body(each.order.plan, each.email, group.id)
            # Customer::add writes the row, then the groups that decide on carriers and prices.
            items[each.key] = Item(of, each.key, body, CUSTOMER, grows=True)

        def find(asked: Sequence[Item]) -> Mapping[Key, str]:
            keys = {item.key for item in asked}
            return self._known([each for each in trying if each.key in keys], group)[0]

        fresh = self._maker.make(CUSTOMER, "customers", [i for k, i in items.items() if k not in known], find)
        made.ids.update({**known, **fresh.ids})
        made.errors.update(fresh.errors)
        taken = [each for each in trying if each.order.ref not in refs and _is_taken(fresh.errors.get(each.key))]
        return refused + taken

    def _worth_looking(self, trying: Sequence[_Tried]) -> bool:
        """One new alias is posted straight away: the shop itself says when it knows the e-mail."""
        if self._ws.version and self._ws.version < REFUSES_TWINS:
            return True
        return len(trying) > 1 or any(
            each.order.begun.left_over(CUSTOMER) or not emails.is_masked(each.email) for each in trying
        )

    def _known(self, trying: Sequence[_Tried], group: Group) -> tuple[dict[Key, str], list[_Tried]]:
        """The customers the shop has for these, and those whose e-mail is another person's or unusable."""
        rows = self._by_email([each.email for each in trying])
        owners: dict[str, str] = {}
        known: dict[Key, str] = {}
        refused = []
        for each in trying:
            row, buyer = rows.get(each.email), each.order.plan.draft.customer_ref
            owner = owners.setdefault(each.email, buyer)
            if (owner != buyer and not emails.is_masked(each.email)) or (
                row is not None and not self._may_have(each, row, group)
            ):
                refused.append(each)
            elif row is not None:
                known[each.key] = row.id
        return known, refused

    def _may_have(self, each: _Tried, row: Row, group: Group) -> bool:
        """A customer that exists is examined as if new: its group takes what it takes off every price.

        An alias must still be in the group for new customers, a person's own address in one without reduction (and
        of the same family name).
        """
        if emails.is_masked(each.email):
            return row["id_default_group"] == group.id
        own, plan = self._reference.groups.get(row["id_default_group"]), each.order.plan
        names = {plan.invoice.last_name.casefold(), plan.delivery.last_name.casefold()}
        return row["lastname"].casefold() in names and own is not None and not own.reduction

    def _by_email(self, asked: Sequence[str]) -> dict[str, Row]:
        """Undeleted customers by e-mail; of several, a registered one before guests, then the oldest."""
        rows = self._ws.rows_where("customers", "email", asked, display=FIELDS)
        rows = [r for r in rows if not r.flag("deleted")]
        rows.sort(key=lambda r: (r.flag("is_guest"), int(r.id)), reverse=True)
        return {r["email"].casefold(): r for r in rows}


def _is_taken(error: CdsyncError | None) -> bool:
    """The shop refuses the e-mail and yet shows no customer that has it: a deleted one keeps it."""
    return error is not None and error.data.get("shop_code") == str(EMAIL_TAKEN)
