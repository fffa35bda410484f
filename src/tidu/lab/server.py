"""The lab's server: pages, pictures and the sockets of the live benches."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tidu import catalogue
from tidu.claims import CHAPTERS as CLAIM_CHAPTERS
from tidu.claims import WORDS
from tidu.errors import TiduError
from tidu.lab import content, pictures
from tidu.lab.access import Access
from tidu.laboratory import claim_report
from tidu.laboratory.ledger import ledger
from tidu.runs import store
from tidu.words import Text, language

MOST_BENCHES = 24
REPORT_POLICY = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline' 'unsafe-eval' blob:; base-uri 'none'; form-action 'none'"
)

_templates = Environment(
    loader=PackageLoader("tidu.lab"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def serve(token: str, listening: Any, host: str) -> None:
    """Serve until Ctrl-C; end what was started."""
    lab = Lab()
    app = application(lab, token, host, listening.getsockname()[1])
    config = uvicorn.Config(
        app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=5
    )
    _Server(config, lab).run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that closes the benches before it waits for its connections to end."""

    def __init__(self, config: uvicorn.Config, lab: Lab) -> None:
        super().__init__(config)
        self._lab = lab

    async def shutdown(self, sockets: Any = None) -> None:
        """End everything."""
        await self._lab.end()
        await super().shutdown(sockets)


def application(lab: Lab, token: str, host: str, port: int) -> Any:
    """The ASGI application."""
    routes = [
        Route("/", lab.index),
        Route("/system/{id}", lab.system),
        Route("/claims", lab.claims),
        Route("/claim/{id}", lab.claim),
        Route("/runs", lab.runs),
        Route("/run/{name}/report", lab.report),
        Route("/pictures/{id}", lab.pictures_of),
        Route("/picture/{name}/{file}", lab.picture),
        Route("/claim/{id}/picture/{spoken}", lab.claim_picture),
        Route("/static/{file}", lab.static),
        WebSocketRoute("/live/{id}", lab.live),
    ]
    app = Starlette(routes=routes, lifespan=lab.lifespan, exception_handlers={404: lab.missing})
    return Access(app, token, host, port)


class Lab:
    """The pages, and the benches that are open."""

    def __init__(self) -> None:
        self.benches: set[Any] = set()
        self.sockets: set[WebSocket] = set()

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncGenerator[None]:
        """Load PyTorch behind the first page; at the end stop everything that was started."""
        threading.Timer(0.3, _warm_up).start()
        yield

    async def end(self) -> None:
        """Close every bench, and stop what draws."""
        pictures.stop()
        for socket in list(self.sockets):
            with contextlib.suppress(RuntimeError):
                await socket.close(1001)
        for bench in list(self.benches):
            await _thread(bench.close)

    # ── pages ────────────────────────────────────────────────────────────────────────────────────

    async def index(self, request: Request) -> Response:
        """What there is."""
        return _page(request, "index.html", Text("实验室", "Lab"), chapters=content.chapters())

    async def system(self, request: Request) -> Response:
        """One system: words, bench, picture, source, figures, claims, commands."""
        id = request.path_params["id"]
        if id not in catalogue.SYSTEMS:
            return _missing(request, Text(f"没有叫 {id} 的系统。", f"There is no system {id}."))
        system = catalogue.system(id)
        return _page(
            request,
            "system.html",
            system.title,
            system=system,
            chapter=catalogue.CHAPTERS[system.chapter],
            formula=content.formula(system),
            sources=content.sources(system),
            rows=content.measured(system),
            claims=content.claims_about(system),
            trains=system.experiment is not None,
        )

    async def claims(self, request: Request) -> Response:
        """The ledger."""
        every = ledger()
        chapters = [
            (title, [found for found in every if found.claim.chapter == chapter])
            for chapter, title in CLAIM_CHAPTERS.items()
        ]
        return _page(
            request,
            "claims.html",
            claim_report.TITLE,
            intro=claim_report.INTRO,
            chapters=[one for one in chapters if one[1]],
        )

    async def claim(self, request: Request) -> Response:
        """One claim."""
        id = request.path_params["id"]
        found = next((one for one in ledger() if one.claim.id == id), None)
        if found is None:
            return _missing(request, Text(f"没有叫 {id} 的说法。", f"There is no claim {id}."))
        wrong = found.claim.correct is not None and found.verdict not in {"holds", "not yet tested"}
        return _page(
            request,
            "claim.html",
            found.claim.says,
            found=found,
            correct=found.claim.correct if wrong else None,
            heads=claim_report.heads(found),
            effects=claim_report.effects(found) if found.conditions else [],
            facts=claim_report.facts(found),
            systems=dict.fromkeys(arm.experiment for arm in found.claim.arms),
        )

    async def runs(self, request: Request) -> Response:
        """The runs there are on this machine."""
        return _page(request, "runs.html", Text("我的运行", "My runs"), runs=await _thread(_runs))

    async def missing(self, request: Request, problem: Exception) -> Response:
        """A page there is not."""
        return _missing(request, Text("没有这一页。", "There is no such page."))

    # ── files ────────────────────────────────────────────────────────────────────────────────────

    async def static(self, request: Request) -> Response:
        """The script and the styles, the same that a notebook gets."""
        made = {"lab.js": (_script, "text/javascript"), "lab.css": (_style, "text/css")}
        if request.path_params["file"] not in made:
            return _missing(request, Text("没有这个文件。", "There is no such file."))
        text, kind = made[request.path_params["file"]]
        return Response(await _thread(text), media_type=kind)

    async def report(self, request: Request) -> Response:
        """A run's own report page."""
        try:
            file = store.find(request.path_params["name"]) / "report.html"
        except TiduError as problem:
            return _missing(request, Text(problem.message, problem.message))
        if not file.is_file():
            return _missing(request, Text("这次运行还没有报告。", "This run has no report yet."))
        return HTMLResponse(file.read_bytes(), headers={"content-security-policy": REPORT_POLICY})

    async def pictures_of(self, request: Request) -> Response:
        """The names of a system's pictures, drawn from a run; made now where there is none."""
        try:
            return JSONResponse(await _thread(pictures.of, request.path_params["id"]))
        except TiduError as problem:
            return JSONResponse({"error": problem.message, "hint": problem.hint}, 500)

    async def picture(self, request: Request) -> Response:
        """One picture of a run."""
        file = await _thread(
            pictures.file, request.path_params["name"], request.path_params["file"]
        )
        if file is None:
            return _missing(request, Text("没有这张图。", "There is no such picture."))
        kinds = {".png": "image/png", ".svg": "image/svg+xml", ".csv": "text/csv"}
        return Response(file.read_bytes(), media_type=kinds[file.suffix])

    async def claim_picture(self, request: Request) -> Response:
        """The picture of a claim's effects."""
        found = next((o for o in ledger() if o.claim.id == request.path_params["id"]), None)
        spoken = request.path_params["spoken"]
        if found is None or not found.conditions or spoken not in ("zh", "en"):
            return _missing(request, Text("没有这张图。", "There is no such picture."))
        return Response(await _thread(_claim_png, found, spoken), media_type="image/png")

    # ── benches ──────────────────────────────────────────────────────────────────────────────────

    async def live(self, socket: WebSocket) -> None:
        """A bench for as long as its page is open."""
        from tidu.views.pack import one_message, plain

        await socket.accept()
        self.sockets.add(socket)
        bench: Any = None
        notice: dict[str, str] = {}
        try:
            bench, notice = await _thread(self._open, socket.path_params["id"], _told(socket))
            while True:
                message = json.loads(await socket.receive_text())
                if bench is None:
                    reply: tuple[Any, list[bytes]] = (
                        {"kind": "error", "answers": message.get("id"), **notice}, [],
                    )  # fmt: skip
                else:
                    reply = await _thread(bench.handle, message)
                    if notice and message.get("kind") == "open":
                        reply[0]["notice"] = plain(notice)
                await socket.send_bytes(one_message(*reply))
        except (WebSocketDisconnect, RuntimeError, json.JSONDecodeError):
            pass
        finally:
            self.sockets.discard(socket)
            if bench is not None:
                self.benches.discard(bench)
                await _thread(bench.close)

    def _open(self, id: str, told: dict[str, str]) -> tuple[Any, dict[str, str]]:
        """The bench that an address tells; where it tells nonsense, the default one and why."""
        from tidu.lab.bench import Bench

        notice: dict[str, str] = {}
        bench: Any = None
        if len(self.benches) >= MOST_BENCHES:
            return None, {
                "message": f"{MOST_BENCHES} benches are open already.",
                "hint": "Close a page first.",
            }
        for setting in (told, {}):
            try:
                bench = Bench(id, setting)
                break
            except TiduError as problem:
                notice = notice or {"message": problem.message, "hint": problem.hint}
        if bench is not None:
            self.benches.add(bench)
        return bench, notice


def _told(socket: WebSocket) -> dict[str, str]:
    return {k: v for k, v in socket.query_params.items() if k not in {"lang", "theme", "step"}}


async def _thread(function: Any, *arguments: Any) -> Any:
    return await asyncio.to_thread(function, *arguments)


def _page(request: Request, template: str, title: Text, status: int = 200, **told: Any) -> Response:
    spoken = request.query_params.get("lang") or request.cookies.get("tidu-language") or language()
    spoken = "zh" if spoken.startswith("zh") else "en"
    html = _templates.get_template(template).render(
        title=title, spoken=spoken, words=WORDS, path=request.url.path, **told
    )
    return HTMLResponse(html, status)


def _missing(request: Request, said: Text) -> Response:
    return _page(request, "missing.html", Text("找不到", "Not found"), 404, said=said)


def _script() -> str:
    from tidu.lab.panels import scripts
    from tidu.views import browser

    own = Path(__file__).with_name("static") / "page.js"
    return browser.script(scripts(), ends_with=browser.enclosed(own.read_text("utf-8")))


def _style() -> str:
    from tidu.views import browser

    return browser.style() + (Path(__file__).with_name("static") / "page.css").read_text("utf-8")


def _claim_png(found: Any, spoken: str) -> bytes:
    from tidu.views.claim_effects import claim_effects

    return claim_effects(found).render("png", spoken)


def _runs() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in reversed(store.list_names()):
        with contextlib.suppress(TiduError):
            path = store.runs_folder() / name
            told = store.about(path)
            done = (path / "result.json").exists()
            metrics = store.result(path)["metrics"] if done else {}
            found.append(
                {
                    "name": name,
                    "system": told["experiment"],
                    "known": told["experiment"] in catalogue.SYSTEMS,
                    "preset": told["preset"],
                    "seeds": len(told["seeds"]),
                    "created": told["created"],
                    "state": store.state(path),
                    "metrics": dict(list(metrics.items())[:3]),
                    "report": (path / "report.html").is_file(),
                }
            )
    return found


def _warm_up() -> None:
    with contextlib.suppress(Exception):
        importlib.import_module("tidu.lab.bench")  # PyTorch stands before the first bench asks
