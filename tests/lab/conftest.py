"""The lab as a server of its own, and pages of it in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lab_server import LabServer

FLAGS = (  # noqa: SIM905
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
PATIENCE = 90_000  # milliseconds; the machine may be busy


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One lab for all tests of a process."""
    server = LabServer(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


def chromium() -> str | None:
    """A browser that is there: the system's, or the one Playwright installs."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless browser; tests are skipped where there is none."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        except Error:
            pytest.skip("no Chromium here: apt install chromium, or playwright install chromium")
        yield opened
        opened.close()


class Watched:
    """A page with all it complained of and asked other hosts for."""

    def __init__(self, page: Any, host: str) -> None:
        self.page, self.problems, self.foreign = page, list[str](), list[str]()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        page.on("request", lambda request: self._asked(request.url, host))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def _asked(self, url: str, host: str) -> None:
        if not url.startswith((host, host.replace("http", "ws"), "data:", "blob:")):
            self.foreign.append(url)


@pytest.fixture
def lab_page(lab: LabServer, browser: Any) -> Iterator[Callable[..., Any]]:
    """``lab_page(path)`` opens a page of the lab, waits for its bench, and is checked at the end.

    Nothing may be complained of on the console, and no other host may have been asked.
    """
    contexts: list[Any] = []
    watched: list[Watched] = []

    def open_page(path: str, width: int = 1200, **context: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **context))
        page = contexts[-1].new_page()
        watched.append(Watched(page, lab.address))
        page.goto(lab.url(path))
        if page.locator("[data-bench]").count():
            page.wait_for_selector("[data-bench][data-ready]")
        return page

    yield open_page
    for one in watched:
        assert one.problems == []
        assert one.foreign == []
    for context in contexts:
        context.close()
