"""Who is let in: the token's bearer, by a name of this machine, from the lab's own pages."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

DIRECTLY = urllib.request.ProxyHandler({})


def status(url: str, **headers: str) -> int:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(Stay, DIRECTLY).open(request, timeout=60) as reply:
            return reply.status
    except urllib.error.HTTPError as problem:
        problem.close()
        return problem.code


def cookie(lab: Any) -> str:
    return f"tidu-lab-{lab.address.rsplit(':', 1)[1]}={lab.token}"


def test_without_the_token_nothing_is_shown(lab: Any) -> None:
    assert status(f"{lab.address}/") == 403
    assert status(f"{lab.address}/system/spiral") == 403
    assert status(f"{lab.address}/static/lab.js") == 403
    assert status(f"{lab.address}/?token=wrong") == 403
    assert status(f"{lab.address}/?token=%E2%82%AC") == 403


def test_with_the_token_the_address_loses_it(lab: Any) -> None:
    assert status(lab.url("/claims")) == 303
    assert status(f"{lab.address}/claims", Cookie=cookie(lab)) == 200


def test_a_foreign_name_is_refused(lab: Any) -> None:
    assert status(f"{lab.address}/claims", Cookie=cookie(lab), Host="evil.example") == 403


@pytest.mark.parametrize(
    ("headers", "origin"),
    [({}, None), ({"Cookie": "own"}, "http://evil.example"), ({"Cookie": "wrong"}, None)],
)
def test_a_socket_needs_cookie_and_own_page(lab: Any, headers: dict[str, str], origin: Any) -> None:
    there = lab.address.replace("http", "ws") + "/live/spiral"
    told = {name: cookie(lab) if value == "own" else value for name, value in headers.items()}
    with (
        pytest.raises(WebSocketException),
        connect(there, additional_headers=told, origin=origin or lab.address, proxy=None) as socket,
    ):
        socket.recv(timeout=20)


def test_a_page_may_load_nothing_from_elsewhere(lab: Any) -> None:
    request = urllib.request.Request(f"{lab.address}/claims", headers={"Cookie": cookie(lab)})
    with urllib.request.build_opener(DIRECTLY).open(request, timeout=60) as reply:
        assert "default-src 'self'" in reply.headers["content-security-policy"]
        text = reply.read().decode()
    assert "http://" not in text.replace(lab.address, "")
    assert "https://" not in text
