"""The suite's own guard: a test that would leave this machine fails."""

from __future__ import annotations

import socket
import warnings

import pytest
import requests
from pytest_socket import SocketConnectBlockedError


@pytest.mark.parametrize("address", ["203.0.113.7", "10.0.0.1", "2001:db8::1"])
def test_no_connection_leaves_the_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    quiet = warnings.catch_warnings(action="ignore")  # it warns as well as raises
    with quiet, socket.socket(family) as outgoing, pytest.raises(SocketConnectBlockedError):
        outgoing.connect((address, 80))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(requests.ConnectionError, match="Name or service not known"):
        requests.get("http://shop.example/", timeout=5)
