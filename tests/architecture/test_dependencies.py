"""Dependencies flow one way: each part may import only what stands below it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# part → the parts it may import besides itself. The longest matching prefix names a module's part.
BELOW = {
    "cdsync.errors": set(),
    "cdsync.states": set(),
    "cdsync.terminal": set(),
    "cdsync.packed_text": set(),
    "cdsync.column_types": set(),
    "cdsync.many_rows": set(),
    "cdsync.error_catalogue": {"cdsync.errors", "cdsync.states"},
    "cdsync.connectors": {"cdsync.errors", "cdsync.states"},
    "cdsync.sandbox": set(),
    "cdsync.database_errors": {"cdsync.errors"},
    "cdsync.db": {"cdsync.errors", "cdsync.database_errors"},
    "cdsync.list_pages": {"cdsync.db"},
}
_KEPT = {"cdsync.database_errors", "cdsync.column_types", "cdsync.many_rows", "cdsync.db", "cdsync.list_pages"}
_STORE = {"cdsync.errors", "cdsync.states", "cdsync.connectors"} | _KEPT
BELOW["cdsync.models"] = {"cdsync.db", "cdsync.column_types", "cdsync.packed_text", "cdsync.states"}
_DOMAIN = [
    "cdsync.sku_figures",
    "cdsync.kept_figures",
    "cdsync.installation",
    "cdsync.config",
    "cdsync.secrets",
    "cdsync.accounts",
    "cdsync.users",
    "cdsync.resting",
    "cdsync.settings",
    "cdsync.orders",
    "cdsync.order_lists",
    "cdsync.bookkeeping",
    "cdsync.relocation",
    "cdsync.reconciliations",
    "cdsync.runs",
    "cdsync.retention",
    "cdsync.rehearsal",
    "cdsync.products",
    "cdsync.overview",
    "cdsync.connecting",
]
for _place, _part in enumerate(_DOMAIN):
    BELOW[_part] = _STORE | {"cdsync.models", "cdsync.error_catalogue"} | set(_DOMAIN[:_place])
BELOW["cdsync.operations"] = _STORE | {"cdsync.models", "cdsync.error_catalogue"} | set(_DOMAIN)
BELOW["cdsync.web"] = BELOW["cdsync.operations"] | {"cdsync.operations", "cdsync.terminal"}
BELOW["cdsync.cli"] = BELOW["cdsync.web"]
BELOW["cdsync.extension"] = BELOW["cdsync.web"] | {"cdsync.web", "cdsync.cli"}
BELOW["cdsync.application"] = {"cdsync.errors", "cdsync.extension", "cdsync.config"}
BELOW["cdsync.console"] = {"cdsync.application", "cdsync.cli", "cdsync.extension"}
BELOW["app"] = {"cdsync", "cdsync.application", "cdsync.extension", "cdsync.config"}
_OF_A_PROCESS = {"cdsync.error_catalogue", "cdsync.application", "cdsync.terminal"}
_PROCESSES = BELOW["cdsync.operations"] | _OF_A_PROCESS
BELOW["rq_jobs"] = _PROCESSES | {"cdsync.operations"}
BELOW["cdsync.launch"] = _PROCESSES
BELOW["cdsync"] = {"cdsync.extension"}


def _modules() -> dict[str, Path]:
    found = {"app": ROOT / "app.py"}
    for top in ("cdsync", "rq_jobs"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _part(name: str) -> str | None:
    """The part a dotted name belongs to; None for what is not ours."""
    while name:
        if name in BELOW:
            return name
        name = name.rpartition(".")[0]
    return None


def _imports(name: str, path: Path) -> set[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                climb = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*climb, base] if base else climb)
            found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return found


def _known(imported: str) -> str | None:
    """The module or part an imported dotted name stands for; a name inside a module is cut back to it."""
    while imported and imported not in MODULES:
        imported = imported.rpartition(".")[0]
    return imported or None


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_what_stands_below_it(name: str) -> None:
    mine = _part(name)
    assert mine, f"{name} has no place in the table of parts"
    wrong = set()
    for imported in _imports(name, MODULES[name]):
        module = _known(imported)
        if module is None or module == "cdsync":
            continue
        part = _part(module)
        if part not in {mine} | BELOW[mine]:
            wrong.add(module)
    assert not wrong, f"{name} ({mine}) must not import {sorted(wrong)}"


def test_no_part_is_named_for_nothing() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    found = [name for name in MODULES if banned & set(name.split("."))]
    assert not found


def _folder(name: str) -> str:
    """A module's folder; those at the top of a package, and what starts a process, stand for themselves."""
    path = MODULES[name].relative_to(ROOT)
    return name if len(path.parts) <= 2 or path.name == "__main__.py" else ".".join(path.parts[:-1])


def _folders_above() -> dict[str, set[str]]:
    """Each folder with those it imports from."""
    above: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        mine = above.setdefault(_folder(name), set())
        found = {_known(each) for each in _imports(name, path)} - {None, "cdsync", name}
        mine |= {_folder(each) for each in found if each}
        mine.discard(_folder(name))
    return above


def test_no_folders_import_in_a_circle() -> None:
    above = _folders_above()
    while low := {folder for folder, needs in above.items() if not needs & above.keys()}:
        above = {folder: needs for folder, needs in above.items() if folder not in low}
    assert not above, f"in a circle, or above one: {sorted(above)}"


def test_a_folder_has_one_subject() -> None:
    counted: dict[str, int] = {}
    for path in MODULES.values():
        counted[str(path.parent.relative_to(ROOT))] = counted.get(str(path.parent.relative_to(ROOT)), 0) + 1
    wide = {folder for folder, n in counted.items() if n > 15}
    assert wide == {"cdsync"}  # the top: what stands for itself


def test_files_keep_to_one_idea() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: n for name, n in lengths.items() if n > 400} == {}


def test_nobody_in_cdsync_imports_the_jobs() -> None:
    guilty = [
        name
        for name, path in MODULES.items()
        if name.startswith("cdsync") and any(i.startswith("rq_jobs") for i in _imports(name, path))
    ]
    assert guilty == []
