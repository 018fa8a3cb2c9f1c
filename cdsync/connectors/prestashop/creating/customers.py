"""A customer of the shop for each order: its own alias, or the buyer's address when that is surely his. Never PUTs one.

A PUT would empty the customer's secure_key and break every later order (recorded on 8.2.1 and 9.1.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdsync.errors import CdsyncError, RejectedError

from ...base import ImportPolicy
from ..checking import emails
from ..shop_data.reference import Reference
from ..shop_data.reference_rows import Group
from ..webservice.answers import EMAIL_TAKEN
from ..webservice.client import Webservice
from ..webservice.xml import Row
from .entities import Item, Key, Made, Maker
from .mapper import customer_body
from .work import CUSTOMER, Work

FIELDS = "[id,email,lastname,deleted,is_guest,id_default_group]"
REFUSES_TWINS = (1, 7, 7)  # from here on a POST of a known e-mail is refused (code 140), guests aside


class Customers:
    def __init__(self, webservice: Webservice, reference: Reference, maker: Maker) -> None:
        self._ws = webservice
        self._reference = reference
        self._maker = maker

    def give(self, works: Sequence[Work], policy: ImportPolicy) -> Made:
        """Sets `email` and `customer` of each work; the errors of those without one, by e-mail."""
        group = self._reference.customer_group(policy.customer_group)
        addresses = {w.ref: self._addresses(w, policy, group) for w in works}
        made, left, again = Made(), list(works), False
        while left:
            for work in left:
                work.email = addresses[work.ref].pop(0)
            unusable = self._make(left, group, made, look_first=again or self._worth_looking(left))
            again = True
            left = [w for w in unusable if addresses[w.ref]]
            for work in unusable:
                made.errors.pop((work.email,), None)
                if work not in left:
                    made.errors[work.email,] = RejectedError("import.no_customer", group=group.name)
        for work in works:
            work.customer = made.ids.get((work.email,), "")
        return made

    def _addresses(self, work: Work, policy: ImportPolicy, group: Group) -> list[str]:
        """The e-mails to try, in this order."""
        given = emails.given(work.draft) if policy.customer_email == "marketplace" else ""
        alias = emails.masked(work.draft, policy.account)
        return [*([given] if given else []), alias, *emails.others(work.draft, policy.account, group.id)]

    def _make(self, works: Sequence[Work], group: Group, made: Made, *, look_first: bool) -> list[Work]:
        """Adds the customers found and made to `made`; the works whose e-mail is a customer's that they cannot have."""
        known: dict[Key, str] = {}
        refused: list[Work] = []
        if look_first:
            known, refused = self._known(works, group)
        items: dict[Key, Item] = {}
        for work in works:
            if work in refused:
                continue
            assert work.plan is not None
            key = (work.email,)
            refs = (*(items[key].refs if key in items else ()), work.ref)
            body = items[key].body if key in items else customer_body(work.plan, work.email, group.id)
            # Customer::add writes the row, then the groups that decide on carriers and prices.
            items[key] = Item(refs, key, body, CUSTOMER, grows=True)

        def find(asked: Sequence[Item]) -> Mapping[Key, str]:
            keys = {item.key for item in asked}
            return self._known([w for w in works if (w.email,) in keys], group)[0]

        fresh = self._maker.make(CUSTOMER, "customers", [i for k, i in items.items() if k not in known], find)
        made.ids.update({**known, **fresh.ids})
        made.errors.update(fresh.errors)
        return refused + [w for w in works if w not in refused and _is_taken(fresh.errors.get((w.email,)))]

    def _worth_looking(self, works: Sequence[Work]) -> bool:
        """One new alias is posted straight away: the shop itself says when it knows the e-mail."""
        if self._ws.version and self._ws.version < REFUSES_TWINS:
            return True
        return len(works) > 1 or any(w.left_over(CUSTOMER) or not emails.is_masked(w.email) for w in works)

    def _known(self, works: Sequence[Work], group: Group) -> tuple[dict[Key, str], list[Work]]:
        """The customers the shop has for these works, and the works whose e-mail is another person's or unusable."""
        rows = self._by_email([w.email for w in works])
        owners: dict[str, str] = {}
        known: dict[Key, str] = {}
        refused = []
        for work in works:
            row = rows.get(work.email)
            owner = owners.setdefault(work.email, work.draft.customer_ref)
            if (owner != work.draft.customer_ref and not emails.is_masked(work.email)) or (
                row is not None and not self._may_have(work, row, group)
            ):
                refused.append(work)
            elif row is not None:
                known[work.email,] = row.id
        return known, refused

    def _may_have(self, work: Work, row: Row, group: Group) -> bool:
        """A customer that exists is examined as if new: its group takes what it takes off every price.

        An alias must still be in the group for new customers, a person's own address in one without reduction (and
        of the same family name).
        """
        if emails.is_masked(work.email):
            return row["id_default_group"] == group.id
        assert work.plan is not None
        own = self._reference.groups.get(row["id_default_group"])
        names = {work.plan.invoice.last_name.casefold(), work.plan.delivery.last_name.casefold()}
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
