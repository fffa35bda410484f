"""Who may speak to the lab: whoever opened the address with its token, on this machine.

The first visit carries the token in the address; from then on a cookie of this port does, which no
other site may use. Names the server was not given are refused, so that a foreign page cannot reach
it by a name of its own (DNS rebinding); sockets only open to pages of the lab itself.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

LOOPBACK = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
REFUSED = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>tidu lab</title>
<main><h1>tidu lab</h1>
<p lang="zh-Hans">这个地址缺少口令。请用 <code>tidu lab</code> 在终端里打印的完整地址打开。</p>
<p>This address lacks the token. Open the whole address that <code>tidu lab</code> printed in the
terminal.</p></main></html>"""


class Access:
    """ASGI middleware that lets nobody in without the token."""

    def __init__(self, app: Any, token: str, host: str, port: int) -> None:
        self._app, self._token = app, token
        self._names = {*LOOPBACK, host.strip("[]").lower()}
        self._any_name = host in ("0.0.0.0", "::")
        self.cookie = f"tidu-lab-{port}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        visit = HTTPConnection(scope)
        told = dict(parse_qsl(visit.url.query))
        given = told.pop("token", "")
        known = self._matches(visit.cookies.get(self.cookie, ""))
        allowed = self._is_named(visit) and (known or self._matches(given))
        if scope["type"] == "websocket":
            if allowed and known and self._is_own_page(visit):
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 4403})
        elif not allowed:
            await Response(REFUSED, 403, HEADERS, "text/html")(scope, receive, send)
        elif given:
            query = f"?{urlencode(told)}" if told else ""
            reply = RedirectResponse(visit.url.path + query, 303, HEADERS)
            reply.set_cookie(self.cookie, self._token, httponly=True, samesite="strict", path="/")
            await reply(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _matches(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())

    def _is_named(self, visit: HTTPConnection) -> bool:
        name = urlsplit(f"//{visit.headers.get('host', '')}").hostname or ""
        return self._any_name or name.lower() in self._names

    def _is_own_page(self, visit: HTTPConnection) -> bool:
        return urlsplit(visit.headers.get("origin", "")).netloc == visit.headers.get("host")


def _with_headers(send: Any) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in there),
            ]
        await send(message)

    return sending
