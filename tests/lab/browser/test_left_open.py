"""A page left open: it may train on for ten minutes without growing; closed, it costs nothing.

Ten minutes are too long for every day: ``TIDU_LAB_MINUTES=10 pytest tests/lab/browser`` takes
them; otherwise it is a quarter of one.
"""

from __future__ import annotations

import os
import time
from typing import Any

import psutil
from lab_server import LabServer, until

MINUTES = float(os.environ.get("TIDU_LAB_MINUTES", "0.25"))
MOST = 100 * 2**20  # bytes


def memory(page: Any, lab: Any) -> tuple[int, int]:
    """Bytes of the server and of the page's own objects."""
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    return psutil.Process(lab.process.pid).memory_info().rss, heap


def test_a_page_left_open_does_not_grow(lab: Any, lab_page: Any) -> None:
    page = lab_page("/system/spiral?preset=quick&steps=1000000&compare=lr:0.1&lang=en")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "bench.lanes[0].step > 200")
    before, step = memory(page, lab), page.evaluate("bench.lanes[0].step")
    time.sleep(60 * MINUTES)
    after, last = memory(page, lab), page.evaluate("bench.lanes[0].step")
    assert last > step
    assert after[0] - before[0] < MOST
    assert after[1] - before[1] < MOST


def test_a_closed_tab_stops_the_work_and_the_lab_goes_on(lab: Any, lab_page: Any) -> None:
    page = lab_page("/system/spiral?preset=quick&steps=1000000&lang=en")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "bench.lanes[0].step > 20")
    process = psutil.Process(lab.process.pid)
    threads = process.num_threads()
    page.close()
    for _ in range(200):
        if process.num_threads() < threads:
            break
        time.sleep(0.1)
    assert process.num_threads() < threads
    assert lab_page("/claims").locator("h1").count() == 1


def test_at_the_end_nothing_is_left(tmp_path: Any) -> None:
    server = LabServer(tmp_path)
    process = psutil.Process(server.process.pid)
    children = process.children(recursive=True)
    said = server.stop()
    assert "Traceback" not in said
    assert not process.is_running()
    assert not any(child.is_running() for child in children)
