"""How a cause of problems is shown: its article, some of its orders by number, and what its buttons say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cdsync.order_lists.selection import operation_to_retry
from cdsync.overview.causes import Cause, Variant

from ..shell.customer_data import about_named
from ..shell.explaining import Explanation, explain
from ..text.language import _, ngettext

MOST_VARIANTS = 8  # of one cause, on the page


@dataclass(frozen=True)
class VariantShown:
    """Orders of a cause with the same data. title: "" where the cause has no others; rest: the orders not named."""

    title: str
    refs: Sequence[str]
    rest: str


@dataclass(frozen=True)
class CauseShown:
    """One cause. `others`: how many variants its title does not speak of; `more_reasons`: how many are not shown.

    is_amber: cdsync goes on by itself, nobody has to do anything yet.
    """

    code: str
    operation: str
    count: int
    told: Explanation
    is_amber: bool
    others: int
    variants: list[VariantShown]
    more_reasons: int
    since: datetime | None
    next_try_at: datetime | None
    attempts: int

    @property
    def id(self) -> str:
        """Of the element on the page."""
        return f"{self.code}-{self.operation}".replace(".", "-")

    @property
    def operation_to_retry(self) -> str:
        """The operation that tries its orders again."""
        return operation_to_retry(self.operation, self.code)

    @property
    def retry_words(self) -> str:
        return ngettext("Try %(num)s order again", "Try all %(num)s orders again", self.count)

    @property
    def see_words(self) -> str:
        return ngettext("See the order", "See the %(num)s orders", self.count)


def described(cause: Cause) -> CauseShown:
    """The cause as the page shows it; its title speaks of the variant with the most orders."""
    first, several = cause.variants[0], len(cause.variants) > 1
    orders = about_named(first.refs)
    return CauseShown(
        code=cause.code,
        operation=cause.operation,
        count=cause.count,
        told=explain(cause.code, first.data, orders=orders, overdue=cause.needs_a_person),
        is_amber=not cause.needs_a_person,
        others=len(cause.variants) - 1,
        variants=[_variant(cause.code, each, several) for each in cause.variants[:MOST_VARIANTS]],
        more_reasons=max(0, len(cause.variants) - MOST_VARIANTS),
        since=cause.since,
        next_try_at=cause.next_try_at,
        attempts=cause.attempts,
    )


def _variant(code: str, variant: Variant, several: bool) -> VariantShown:
    title = explain(code, variant.data, orders=about_named(variant.refs)).title if several else ""
    unnamed = variant.count - len(variant.refs)
    if not variant.refs:
        return VariantShown(title, (), ngettext("%(num)s order", "%(num)s orders", variant.count))
    return VariantShown(title, variant.refs, _("and %(num)s more", num=unnamed) if unnamed > 0 else "")
