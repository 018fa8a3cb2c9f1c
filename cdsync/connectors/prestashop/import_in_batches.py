"""Orders taken into the shop, in batches. What happens to a batch is the recipe in `import_recipe`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from ..base import ImportPolicy, Journal, OrderDraft
from .checking.canary import Canary
from .checking.examine import Examiner
from .import_recipe import Batch, Result
from .shop_data.reference import Reference
from .webservice.client import Webservice


class Importer:
    def __init__(
        self,
        webservice: Webservice,
        reference: Reference,
        examiner: Examiner,
        canary: Canary,
        clock: Callable[[], datetime],
        wait: float,
    ) -> None:
        self._ws = webservice
        self._reference = reference
        self._examiner = examiner
        self._canary = canary
        self._clock = clock
        self._wait = wait

    def run(self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal) -> Iterator[Result]:
        """A result per draft. Raises ConfigError: every order would fail alike."""
        self._reference.status(policy.imported_status)
        self._reference.customer_group(policy.customer_group)
        left = list(drafts)
        while left:
            self._canary.before_import()
            size = self._ws.body_size.orders
            some, left = left[:size], left[size:]
            batch = Batch(
                self._ws, self._reference, self._examiner, self._canary, policy, journal, self._clock, self._wait
            )
            yield from batch.run(some)
            self._ws.body_size.after_batch()
