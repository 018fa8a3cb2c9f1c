"""Everything about Octopia that nobody has established, each as a switch. Holds values only, no behaviour.

Each default is what most public clients believe; a test sets one to see that the client copes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass
class Variants:
    """One possible truth about the seller API. Every field may be changed while the sandbox runs."""

    #: Success of POST approval-status: 200, 201, 202 or 204; with the order as body or with none.
    approval_status: int = 204
    approval_body: bool = False
    #: Answer to an approval of an order that does not wait for one: 400, 409 or 422.
    approval_wrong_state: int = 409
    #: The same approval once more: refused as a wrong state, or a success that changes nothing.
    repeated_approval: Literal["wrong_state", "success"] = "wrong_state"
    #: How several statuses may be asked for: `status=A,B`, `status=A&status=B`, both, or only one at all.
    status_list: Literal["comma", "repeated", "either", "single"] = "comma"
    #: Whether /orders answers 400 without the SalesChannelId header.
    sales_channel_header_required: bool = False
    #: Whether GET /orders sends `Link: <…>; rel="next"`.
    link_header: bool = False
    #: How lines[].delivery.mode is written.
    delivery_mode: Literal["label", "code", "legacy"] = "label"
    #: What POST shipments takes.
    shipment_body: Literal["array", "object", "either"] = "array"
    #: What a successful shipment answers beside 201.
    shipment_answer: Literal["empty", "echo"] = "empty"
    #: Refusal of a shipment whose order or lines are in the wrong state, and of two parcels: 400, 409 or 422.
    shipment_refused: int = 400
    #: A second shipment while the first one is still being taken in: taken too, or refused.
    repeated_shipment: Literal["accepted", "refused"] = "accepted"
    #: carrierName: any text, a label of GET /carriers (outer blanks aside), or exactly such a label.
    carrier_name: Literal["free", "known", "exact"] = "free"
    #: Suffix of the commission's keys: amountWithVat / amountWithoutVat or amountWithTax / amountWithoutTax.
    commission_keys: Literal["Vat", "Tax"] = "Vat"
    #: Where a line's taxes are given.
    taxes: Literal["offer", "both", "none"] = "offer"
    #: Whether lines[].totalPrice contains the line's shipping.
    line_total_with_shipping: bool = False
    #: Addresses before InPreparation: null, or an object whose every field is null.
    hidden_address: Literal["null", "empty"] = "null"
    #: How times end.
    utc_suffix: Literal["Z", "+00:00"] = "Z"
    page_size: int = 20
    #: What the list's itemsPerPage says: the page size asked for, or how many items this page has.
    items_per_page: Literal["size", "count"] = "size"
    #: pageSize over 100: 400, or 100 taken instead.
    page_size_over: Literal["refused", "clamped"] = "refused"
    #: sort=createdAt&desc=true, sort=desc:createdAt, both, or sort ignored.
    sort_grammar: Literal["desc", "prefix", "either", "ignored"] = "either"
    default_sort: str = "createdAt"
    #: Errors of the token address: application/problem+json, or Keycloak's error and error_description.
    token_error: Literal["problem", "keycloak"] = "keycloak"
    #: Status of an order whose acceptance deadline passed.
    expired_status: str = "Cancelled"
    acceptance_hours: int = 48
    #: Requests a minute before 429 (None: no limit), and whether the 429 carries Retry-After.
    requests_per_minute: int | None = None
    retry_after: bool = True
