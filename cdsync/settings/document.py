"""`docs/settings.md` from the declarations: `python -m cdsync.settings.document > docs/settings.md`. English only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..connectors import MARKETPLACES, SHOPS, declared_settings
from ..connectors.base import Setting
from .fields import SECTIONS, Field
from .values import MASK

HEAD = f"""# Settings

Every key of the settings document that `flask --app app settings load FILE` takes and the Settings page edits.
This page is generated from the declarations (`python -m cdsync.settings.document > docs/settings.md`).

Keys left out keep their value. Unknown keys and wrong types are refused with the key named, and then nothing is
changed. Secrets are encrypted at rest and shown as `{MASK}`; the mask given back keeps the secret. A secret goes only
to the addresses it was entered for: with another host, port or scheme beside it (of the address for access tokens:
with anything else of it) it has to be given again. `account` names the account, `main` when there is none yet."""
COLUMNS = "| key | kind | default | |\n| --- | --- | --- | --- |"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for side, connectors in (("marketplace", MARKETPLACES), ("shop", SHOPS)):
        for name in connectors:
            rows = [_of_setting(each) for each in declared_settings(side, name)]
            parts += [f'## `{side}`, with `"connector": "{name}"`', "\n".join([COLUMNS, *rows])]
    for section, fields in SECTIONS.items():
        parts += [f"## `{section}`", "\n".join([COLUMNS, *(_of_field(each) for each in fields)])]
    return "\n\n".join(parts) + "\n"


def _of_setting(setting: Setting) -> str:
    limits = _limits(setting.minimum, setting.maximum)
    choices = [f"one of {', '.join(setting.choices)}"] if setting.choices else []
    needed = [] if setting.required else ["optional"]
    return _row(setting.name, [setting.kind, *limits, *choices, *needed], setting.default, setting.label, setting.help)


def _of_field(field: Field) -> str:
    details = [field.kind, *_limits(field.minimum, field.maximum), *(["or null"] if field.nullable else [])]
    choices = " ".join(f"`{value}`: {label}." for value, label in field.choices)
    return _row(field.name, details, field.default, field.label, f"{field.help} {choices}".strip())


def _limits(minimum: int | None, maximum: int | None) -> Iterator[str]:
    if minimum is not None:
        yield f"from {minimum}"
    if maximum is not None:
        yield f"to {maximum}"


def _row(name: str, details: list[str], default: Any, label: str, help_text: str) -> str:
    shown = "" if default is None else f"`{json.dumps(default, ensure_ascii=False)}`"
    return f"| `{name}` | {' '.join(details)} | {shown} | {f'{label}. {help_text}'.strip()} |"


if __name__ == "__main__":
    print(page(), end="")
