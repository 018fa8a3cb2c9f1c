"""The rehearsal's PrestaShop answers recorded requests as the real 9.1.4 and 8.2.1 did, folder by folder."""

from __future__ import annotations

import pytest
from replay_exchanges import CHAINS, NOT_APPLICABLE, exchanges_of, outcome_of

FOLDERS = [(version, folder) for version, chains in CHAINS.items() for chain in chains for folder in chain]


@pytest.mark.parametrize(("version", "folder"), FOLDERS)
def test_every_recorded_exchange_gets_the_recorded_answer(version: str, folder: str) -> None:
    outcome = outcome_of(version, folder)
    differences = "\n".join(f"{name}: {found[0]}" for name, found in outcome.different.items())
    assert not outcome.different, differences
    assert len(outcome.equal) + len(outcome.left_out) == len(exchanges_of(version, folder))


def test_at_least_95_of_100_recorded_exchanges_are_replayed_and_equal() -> None:
    outcomes = [outcome_of(version, folder) for version, folder in FOLDERS]
    equal = sum(len(outcome.equal) for outcome in outcomes)
    recorded = sum(len(exchanges_of(version, folder)) for version, folder in FOLDERS)
    assert equal >= 0.95 * recorded, f"{equal} of {recorded}"


def test_every_exchange_left_out_exists_and_says_why() -> None:
    for place, reasons in NOT_APPLICABLE.items():
        version, folder = place.split("/")
        recorded = {one["name"] for one in exchanges_of(version, folder)}
        assert reasons.keys() <= recorded, place
        assert all(reason.strip() for reason in reasons.values()), place
