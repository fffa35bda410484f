"""``tidu lab [SYSTEM]``: the pages in the browser."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass

import tyro

from tidu import catalogue
from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.words import Text, language


@dataclass(frozen=True)
class Arguments:
    """The pages in the browser: chapters, systems that train live, claims, your runs."""

    system: tyro.conf.Positional[str | None] = None  # open this one; none: all of them
    host: str = "127.0.0.1"  # where to listen; anything else can be reached from outside
    port: int = 8765  # 0, or a port in use: the next free one
    browser: bool = True  # open the page in the browser


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "lab", words)
    if wanted.system is not None:
        catalogue.system(wanted.system)
    if not 0 <= wanted.port < 65536:
        raise TiduError(
            f"--port must be a whole number from 0 to 65535; got {wanted.port}.",
            "Leave it out for 8765.",
        )
    listening = _listen(wanted.host, wanted.port)
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    place = f"/system/{wanted.system}" if wanted.system else "/"
    shown = "127.0.0.1" if wanted.host in ("0.0.0.0", "::") else wanted.host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{port}{place}?token={token}"
    spoken = language()
    if wanted.host not in ("127.0.0.1", "localhost", "::1"):
        outside = Text(
            "注意：网络上的其他机器也能连到这里。有口令的人就能用它训练。",
            "Note: other machines on the network can reach this. Whoever has the token can train.",
        )
        print(outside[spoken])
    print(Text("tidu 实验室：", "tidu lab: ")[spoken] + address, flush=True)
    print(Text("按 Ctrl-C 结束。", "Ctrl-C ends it.")[spoken], flush=True)

    from tidu.lab.server import serve

    if wanted.browser:
        threading.Timer(0.3, webbrowser.open, (address,)).start()
    serve(token, listening, wanted.host)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (port, 0):
        there = socket.socket(family, socket.SOCK_STREAM)
        there.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            there.bind((host, wanted))
            there.listen(128)
        except OSError as problem:
            there.close()
            if wanted == 0 or problem.errno not in (98, 48, 10048):
                raise TiduError(
                    f"The lab cannot listen on {host}:{wanted}: {problem.strerror}.",
                    "Give another --host or --port; 127.0.0.1 is this machine alone.",
                ) from problem
        else:
            return there
    raise AssertionError("unreachable")
