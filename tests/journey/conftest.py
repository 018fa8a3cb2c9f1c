"""The browser, and cdsync started as `make run` starts it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.browser_setup import find_browser

from .launched import Launched, free_port

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """Everything up: web, worker, scheduler, Redis, rehearsal."""
    started = Launched(tmp_path_factory.mktemp("clone"), free_port())
    try:
        started.wait_until_it_says("Ctrl-C stops everything")
        yield started
    finally:
        started.end()


@pytest.fixture
def browser() -> Iterator[object]:
    """Headless Chromium; the test is skipped where none can be had."""
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium on this machine, and none could be installed (see tests/browser_setup.py)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        if folder := os.environ.get("CDSYNC_SCREENSHOTS"):  # to look at where a failed journey stood
            for number, page in enumerate(page for context in browser.contexts for page in context.pages):
                page.screenshot(path=f"{folder}/journey-{number}.png", full_page=True)
        browser.close()
