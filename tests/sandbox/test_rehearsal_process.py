"""`python -m cdsync.sandbox`: its ready line, its end, and the state it keeps between two starts."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from cdsync.sandbox.rehearsal import Rehearsal

ROOT = Path(__file__).parents[2]


@contextmanager
def process(*arguments: str, end: Sequence[signal.Signals] = (signal.SIGTERM,)) -> Iterator[dict]:
    """A running rehearsal's ready line; it must end cleanly with the signals `end`, sent at once."""
    command = [sys.executable, "-m", "cdsync.sandbox", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield json.loads(running.stdout.readline())
        finally:
            for number in end:
                running.send_signal(number)
            rest, complaints = running.communicate(timeout=20)
    assert (running.returncode, rest, complaints) == (0, "", "")


def desk(ready: dict, path: str, **body: object) -> dict:
    if body:
        return requests.post(ready["desk"] + path, json=body, timeout=10).json()
    return requests.get(ready["desk"] + path, timeout=10).json()


def test_one_line_says_how_to_reach_both_systems():
    with process(end=[signal.SIGINT]) as ready:
        assert ready.keys() == {"octopia", "prestashop", "orders", "desk"}
        form = {
            "grant_type": "client_credentials",
            "client_id": ready["octopia"]["client_id"],
            "client_secret": ready["octopia"]["client_secret"],
        }
        token = requests.post(ready["octopia"]["token_url"], data=form, timeout=5).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "SellerId": ready["octopia"]["seller_id"]}
        assert requests.get(ready["octopia"]["api_url"] + "/orders/count", headers=headers, timeout=5).json() >= 40
        shop = ready["prestashop"]
        assert requests.get(shop["url"] + "/api/", auth=(shop["key"], ""), timeout=5).status_code == 200


def test_it_ends_by_however_many_signals():
    """A terminal and a launcher may each send theirs, in any order; a handler that takes a lock would hang here."""
    for _each in range(3):
        with process("--scenario", "empty", end=[signal.SIGINT, signal.SIGTERM] * 9):
            pass


def test_the_state_survives_a_restart(tmp_path):
    state = tmp_path / "kept" / "rehearsal.state"
    with process("--state", str(state)) as ready:
        (added,) = desk(ready, "orders", kind="company")["added"]
        desk(ready, f"market-orders/{added}", action="cancel")
        desk(ready, "shop-orders/5", state="4", tracking="6A55")
    assert [path.name for path in state.parent.iterdir()] == ["rehearsal.state"]
    with process("--state", str(state)) as again:
        shown = desk(again, "state")
    newest = shown["octopia"]["orders"][0]
    assert (newest["id"], newest["status"], newest["kind"]) == (added, "Cancelled", "company")
    order = shown["prestashop"]["orders"][0]
    assert (order["state"], order["tracking"]) == ("4", "6A55")


def test_an_empty_scenario_starts_with_no_marketplace_orders():
    with process("--scenario", "empty") as ready:
        assert desk(ready, "state")["octopia"]["orders"] == []


def test_a_taken_port_or_a_damaged_file_is_said_in_a_sentence(tmp_path):
    damaged = tmp_path / "state"
    damaged.write_bytes(b"no archive")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        for arguments in (["--octopia-port", str(holder.getsockname()[1])], ["--state", str(damaged)]):
            command = [sys.executable, "-m", "cdsync.sandbox", *arguments]
            ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
            assert ended.returncode == 2
            assert ended.stderr.startswith("The rehearsal could not start: ")
            assert "Traceback" not in ended.stderr
    assert damaged.read_bytes() == b"no archive"


def test_a_damaged_state_is_refused_whole():
    world = Rehearsal(scenario="empty")
    packed = world.pack()
    with pytest.raises(ValueError, match="not a rehearsal's state"):
        world.unpack(packed[: len(packed) // 2])
