"""Which e-mail address a marketplace buyer has in the shop. Pure: no requests.

PrestaShop mails its customers at every order and no request can stop it, and relay addresses are shared by many buyers:
hence an address of our own, one per marketplace customer, under a domain that takes no mail (docs/decisions/0010).
"""

from __future__ import annotations

import hashlib
import re

from ...base import OrderDraft

DOMAIN = "marketplace.invalid"
# What every version takes: 9.1 checks strictly, 1.7 with a pattern of its own.
_PLAIN = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,}")
_SHARED_DOMAINS = ("clemarche.com",)
_SHARED_MAILBOXES = re.compile(r"no-?_?\.?reply|ne-?pas-?repondre|donotreply")


def masked(draft: OrderDraft, account: str) -> str:
    """The same address for every order of a marketplace customer; one per order when the customer has no reference."""
    return _alias(account, _buyer(draft))


def others(draft: OrderDraft, account: str, group: str) -> tuple[str, ...]:
    """The addresses to take, one after the other, where those before belong to a customer that cannot be used.

    Such a customer was deleted and keeps its address, or sits by now in another group than `group`.
    """
    again = f"{_buyer(draft)} again"
    return tuple(_alias(account, who) for who in (again, f"{again} in {group}", f"order {draft.ref} in {group}"))


def _buyer(draft: OrderDraft) -> str:
    return f"customer {draft.customer_ref}" if draft.customer_ref else f"order {draft.ref}"


def _alias(account: str, who: str) -> str:
    return f"{hashlib.sha256(f'{account} {who}'.encode()).hexdigest()[:32]}@{DOMAIN}"


def given(draft: OrderDraft) -> str:
    """The buyer's address from the marketplace, or "" when there is none that is surely his alone."""
    for raw in (draft.delivery.email, draft.invoice.email):
        email = raw.strip().lower()
        if (
            _PLAIN.fullmatch(email)
            and len(email) <= 255
            and len(email.partition("@")[0]) <= 64
            and not is_shared(email)
        ):
            return email
    return ""


def is_shared(email: str) -> bool:
    """True for relay addresses that a reseller hands out to many buyers."""
    mailbox, _, domain = email.lower().partition("@")
    return domain.endswith(_SHARED_DOMAINS) or bool(_SHARED_MAILBOXES.search(mailbox))


def is_masked(email: str) -> bool:
    return email.endswith("@" + DOMAIN)
