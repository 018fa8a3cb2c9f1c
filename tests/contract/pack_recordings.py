"""Packs recorded exchanges into one JSON-lines file a folder: `python pack_recordings.py RECORDED OUT [FOLDER…]`.

A line holds what a replay needs: name, method, path, headers that matter, body, and the answer. The shop's own
address becomes {shop}; the accents of the bodies sent in Latin-1, lost in the recording, are put back; a folder
recorded in two goes on different shops or with others between is split (SPLIT). Nothing else is changed.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

REQUEST_HEADERS = ("authorization", "content-type", "host", "output-format", "io-format", "accept")
ANSWER_HEADERS = ("content-type", "location", "psws-version", "www-authenticate")
SPLIT = {"i-cart-rows": "059-us", "x-914-i-cart-rows": "060-us", "f-shop-conditions": "021-eall"}
LOST = "\ufffd"
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
    kept = {k: ADDRESS.sub("{shop}", v) for k, v in got.items() if k.lower() in ANSWER_HEADERS}
    packed |= {"status": answer["status"], "answer": kept}
    return packed | {"text": _text(stem, "response") or ""}


def _text(stem: str, which: str) -> str | None:
    for suffix in ("xml", "json", "txt"):
        path = Path(f"{stem}.{which}.{suffix}")
        if path.exists():
            text = path.read_text()
            if which == "request" and LOST in text:  # a body in Latin-1, whose bytes the recording lost
                text = "latin-1:" + text.replace(f"Am{LOST}", "Amé").replace(f"{LOST}v", "èv").replace(f"{LOST}l", "ël")
            return ADDRESS.sub("{shop}", text)
    return None


def main(recorded: Path, out: Path, only: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for folder in sorted(path for path in recorded.iterdir() if path.is_dir()):
        metas = sorted(folder.glob("*.meta.json"))
        if metas and (not only or folder.name in only):
            packed = [exchange(meta) for meta in metas]
            later = [one for one in packed if one["name"] >= SPLIT.get(folder.name, "~")]
            _write(out / f"{folder.name}.jsonl", [one for one in packed if one not in later])
            if later:
                _write(out / f"{folder.name}-later.jsonl", later)


def _write(path: Path, packed: list[dict[str, Any]]) -> None:
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in packed)
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
