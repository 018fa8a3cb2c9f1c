"""Whatever happens in whatever order: no order twice, none lost, exact money, no move outside the table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .sequence import Sequence
from .table import CASES
from .test_fault_matrix import VERSIONS
from .world import World, Worlds

QUIET = list(HealthCheck)
FEW, MANY = (4, 8), (30, 20)  # sequences, steps each


def _try(world: World, number: int, sequences: int, steps: int) -> None:
    profile = settings(
        max_examples=sequences, stateful_step_count=steps, deadline=None, database=None, print_blob=False,
        suppress_health_check=QUIET, phases=[Phase.generate] if sequences == FEW[0] else list(Phase),
    )  # fmt: skip
    run_state_machine_as_test(seed(number)(lambda: Sequence(world)), settings=profile)  # type: ignore[arg-type]


def test_a_few_sequences_of_everything_that_can_happen(worlds: Worlds) -> None:
    _try(worlds.of("9.1.4"), 0, *FEW)


@pytest.mark.faults
@pytest.mark.parametrize("number", range(3))
def test_many_sequences_of_everything_that_can_happen(
    worlds: Worlds, number: int, record_property: Callable[[str, object], None]
) -> None:
    version = VERSIONS[number % len(VERSIONS)]
    _try(worlds.of(version), number, *MANY)
    record_property(CASES, ("sequences", version, MANY[0], MANY[0]))
