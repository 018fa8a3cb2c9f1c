"""A customer of the shop for each order: its own alias, or the buyer's address when that is surely his. Never PUTs one.

A PUT would empty the customer's secure_key and break every later order (recorded on 8.2.1 and 9.1.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import CdsyncError
from ..base import ImportPolicy
from . import emails
from .answers import EMAIL_TAKEN
from .client import Webservice
from .making import Item, Key, Made, Maker
from .mapper import customer_body
from .reference import Reference
from .work import CUSTOMER, Work
from .xml import Row

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
        known: dict[Key, str] = {}
        for work in works:
            work.email = (policy.customer_email == "marketplace" and emails.given(work.draft)) or self._alias(
                work, policy
            )
        if self._worth_looking(works):
            known = self._known(works, policy)
        made = self._make(works, group.id, known)
        taken = [w for w in works if _is_taken(made.errors.get((w.email,)))]
        if taken:
            for work in taken:
                work.email = emails.masked(work.draft, policy.account, again=True)
            again = self._make(taken, group.id, {})
            made.ids.update(again.ids)
            made.errors.update(again.errors)
        for work in works:
            work.customer = made.ids.get((work.email,), "")
        return made

    def _make(self, works: Sequence[Work], group: str, known: Mapping[Key, str]) -> Made:
        items: dict[Key, Item] = {}
        for work in works:
            assert work.plan is not None
            key = (work.email,)
            refs = (*(items[key].refs if key in items else ()), work.ref)
            body = items[key].body if key in items else customer_body(work.plan, work.email, group)
            items[key] = Item(refs, key, body, CUSTOMER)
        made = self._maker.make(CUSTOMER, "customers", [i for k, i in items.items() if k not in known], self._find)
        made.ids.update(known)
        return made

    def _alias(self, work: Work, policy: ImportPolicy) -> str:
        return emails.masked(work.draft, policy.account)

    def _worth_looking(self, works: Sequence[Work]) -> bool:
        """One new alias is posted straight away: the shop itself says when it knows the e-mail."""
        if self._ws.version and self._ws.version < REFUSES_TWINS:
            return True
        return len(works) > 1 or any(w.left_over(CUSTOMER) or not emails.is_masked(w.email) for w in works)

    def _known(self, works: Sequence[Work], policy: ImportPolicy) -> dict[Key, str]:
        """Customers the shop has. A given e-mail that is another person's is dropped for the order's own alias."""
        asked = [w.email for w in works] + [self._alias(w, policy) for w in works]
        rows = self._by_email(asked)
        owners: dict[str, str] = {}
        for work in works:
            row = rows.get(work.email)
            owner = owners.setdefault(work.email, work.draft.customer_ref)
            foreign = owner != work.draft.customer_ref or (row is not None and not self._same_person(work, row))
            if foreign and not emails.is_masked(work.email):
                work.email = self._alias(work, policy)
        return {(w.email,): rows[w.email].id for w in works if w.email in rows}

    def _same_person(self, work: Work, row: Row) -> bool:
        """Same family name, and in a group that takes no discount off the imposed prices."""
        assert work.plan is not None
        group = self._reference.groups.get(row["id_default_group"])
        names = {work.plan.invoice.last_name.casefold(), work.plan.delivery.last_name.casefold()}
        return row["lastname"].casefold() in names and (group is None or not group.reduction)

    def _find(self, items: Sequence[Item]) -> Mapping[Key, str]:
        rows = self._by_email([item.key[0] for item in items])
        return {item.key: rows[item.key[0]].id for item in items if item.key[0] in rows}

    def _by_email(self, asked: Sequence[str]) -> dict[str, Row]:
        """Undeleted customers by e-mail; of several, a registered one before guests, then the oldest."""
        rows = self._ws.rows_where("customers", "email", asked, display=FIELDS)
        rows = [r for r in rows if not r.flag("deleted")]
        rows.sort(key=lambda r: (r.flag("is_guest"), int(r.id)), reverse=True)
        return {r["email"].casefold(): r for r in rows}


def _is_taken(error: CdsyncError | None) -> bool:
    """The shop refuses the e-mail and yet shows no customer that has it: a deleted one keeps it."""
    return error is not None and error.data.get("shop_code") == str(EMAIL_TAKEN)
