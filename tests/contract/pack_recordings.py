"""Packs folders of recorded exchanges into one JSON-lines file a folder: `python pack_recordings.py RECORDED OUT [FOLDER…]`.

A line holds what a replay needs: name, method, path, headers that matter, body, and the answer. The shop's own
address becomes {shop}. Nothing else is changed.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

REQUEST_HEADERS = ("authorization", "content-type", "host", "output-format", "io-format", "accept")
ANSWER_HEADERS = ("content-type", "location", "psws-version", "www-authenticate")
ADDRESS = re.compile(r"http://127\.0\.0\.1:80\d\d")


def exchange(meta: Path) -> dict[str, Any]:
    """One recorded exchange, whichever of the two shapes its meta file has."""
    data = json.loads(meta.read_text())
    if "request" in data:
        request, answer = data["request"], data["response"]
        sent, got = request["headers"], dict(answer["headers"])
    else:
        request = answer = data
        sent, got = data["request_headers"], data["response_headers"]
    stem = str(meta)[: -len(".meta.json")]
    packed = {"name": Path(stem).name, "method": request["method"], "path": request["path"]}
    packed["headers"] = {k: v for k, v in sent.items() if k.lower() in REQUEST_HEADERS and v != "*/*"}
    body = _text(stem, "request")
    if body is not None:
        packed["body"] = body
    packed |= {"status": answer["status"], "answer": {k: v for k, v in got.items() if k.lower() in ANSWER_HEADERS}}
    return packed | {"text": _text(stem, "response") or ""}


def _text(stem: str, which: str) -> str | None:
    for suffix in ("xml", "json", "txt"):
        path = Path(f"{stem}.{which}.{suffix}")
        if path.exists():
            raw = path.read_bytes()
            try:
                return ADDRESS.sub("{shop}", raw.decode())
            except UnicodeDecodeError:  # a body in Latin-1: its bytes are its characters
                return "latin-1:" + raw.decode("latin-1")
    return None


def main(recorded: Path, out: Path, only: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for folder in sorted(path for path in recorded.iterdir() if path.is_dir()):
        metas = sorted(folder.glob("*.meta.json"))
        if metas and (not only or folder.name in only):
            lines = (json.dumps(exchange(meta), ensure_ascii=False, separators=(",", ":")) for meta in metas)
            (out / f"{folder.name}.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
