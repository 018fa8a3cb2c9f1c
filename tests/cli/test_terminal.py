"""Nothing that somebody else wrote reaches a terminal as a command: not by cdsync's commands, not by its logs."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from cdsync import terminal
from cdsync.cli import output
from cdsync.errors import ConfigError

HOSTILE = "a\x1b]0;x\x07\x9b31m\x7f\u202eb\u2066c\u2028d\r\ud83d"
WRITTEN = r"a\u001b]0;x\u0007\u009b31m\u007f\u202eb\u2066c\u2028d\u000d\ud83d"

SENT, KEPT = HOSTILE[:-1], WRITTEN[: -len(r"\ud83d")]  # what pytest itself can send between its processes


def test_what_a_terminal_obeys_is_written_out_and_everything_else_stays() -> None:
    assert terminal.printable(HOSTILE) == WRITTEN
    assert terminal.printable("é — 日本 😀\tx\ny") == "é — 日本 😀\tx\ny"
    assert terminal.one_line("O-1\nok   database") == r"O-1\nok   database"


def test_commands_say_lines_sentences_and_json_through_it(capsys: pytest.CaptureFixture[str]) -> None:
    output.put(HOSTILE, "two\nthree")
    output.complain(HOSTILE)
    with pytest.raises(Exception, match="2"):
        output.give_up(output.told(ConfigError("order.unknown", orders=[HOSTILE])))
    printed = capsys.readouterr()
    assert printed.out == f"{WRITTEN}\ntwo\\nthree\n"
    assert printed.err.startswith(f"{WRITTEN}\n")
    assert WRITTEN in printed.err.partition("\n")[2]
    output.put_json({"name": HOSTILE})
    printed = capsys.readouterr()
    assert terminal.printable(printed.out) == printed.out
    assert json.loads(printed.out) == {"name": HOSTILE}


@pytest.fixture
def root_handler() -> logging.StreamHandler:  # type: ignore[type-arg]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    return handler


def test_logs_are_text_and_a_message_is_one_line(
    root_handler: logging.StreamHandler,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, heard, elsewhere = logging.getLogger(), io.StringIO(), logging.NullHandler()
    monkeypatch.setattr(root, "handlers", [*root.handlers, root_handler, elsewhere])
    terminal.guard_logs()
    terminal.guard_logs()  # twice changes nothing
    assert elsewhere.formatter is None
    monkeypatch.setattr(root_handler, "stream", heard)
    try:
        raise ValueError(SENT)
    except ValueError:
        logging.getLogger("cdsync.x").exception("order %s\nERROR made up", SENT)
    first, *trace = heard.getvalue().splitlines()
    assert first == f"ERROR order {KEPT}\\nERROR made up"
    assert trace[-1] == f"ValueError: {KEPT}"
