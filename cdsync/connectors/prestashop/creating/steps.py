"""The names of an import's steps in the journal. They stand in databases: a name that was kept is never another's."""

from __future__ import annotations

CUSTOMER, ADDRESSES, CART, PRICES, ORDER = "customer", "addresses", "cart", "prices", "order"
TOTALS, SHIPPING, PACKS, STATUS, INVOICE, PAYMENT = "totals", "shipping", "packs", "status", "invoice", "payment"
PUT_AWAY = "put_away"
CHANGES = (TOTALS, SHIPPING, PACKS, STATUS, INVOICE, PAYMENT, PUT_AWAY)
REQUESTS = (CUSTOMER, ADDRESSES, CART, PRICES, ORDER, *CHANGES)
STOCK_STEPS = (ORDER, PACKS, STATUS)  # that may take pieces from stock
SEEN = "seen"  # what an order looked like that was not whole; no request
DIED = "died"  # how often the shop died over this order, by step; no request
