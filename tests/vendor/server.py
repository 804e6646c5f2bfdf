"""The stand-in's HTTP server: one thread per request, everything on loopback."""

from __future__ import annotations

import contextlib
import email.parser
import email.policy
import gzip
import json
import re
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.vendor import media
from tests.vendor.bill import Bill, Charge
from tests.vendor.callbacks import SECRET, send_callback, when_over
from tests.vendor.chat import chat_answer, image_answer, transcription_answer
from tests.vendor.mischief import Mischief
from tests.vendor.replicate import Prediction, Replicate

KEY = "key-for-tests"
HANG_S = 30
FLOOD_BYTES = 10_000_000_000
PRIVATE = "http://169.254.169.254/latest/meta-data"
ELSEWHERE = "http://127.0.0.2:9/elsewhere"


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Vendor:
    """The server and all it knows; a context manager. `work_s` is how long a prediction takes."""

    def __init__(self, *, work_s: float = 0.0, seed: int = 0, port: int = 0) -> None:
        self._bill = Bill()
        self.mischief = Mischief(seed)
        self.replicate = Replicate(self._bill)
        self.replicate.work_s = work_s
        self.asked: list[Asked] = []
        self.transcripts: list[dict[str, Any]] = []
        self.callbacks: list[tuple[str, int]] = []
        self.credit_usd: float | None = None
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"vendor": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self._server.errors = []
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def bill(self) -> Bill:
        """Everything charged by now."""
        self.replicate.conclude()
        return self._bill

    @property
    def openai_url(self) -> str:
        return f"{self.url}/openai/v1"

    @property
    def openrouter_url(self) -> str:
        return f"{self.url}/openrouter/api/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Variables that make a studio use this server for everything."""
        return {
            "REPLICATE_API_TOKEN": KEY,
            "REPLICATE_BASE_URL": self.url,
            "REPLICATE_WEBHOOK_SECRET": SECRET,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": self.openai_url,
            "OPENROUTER_API_KEY": KEY,
            "OPENROUTER_BASE_URL": self.openrouter_url,
        }

    def misbehave(self, name: str, *, on: str = "", times: int = 1) -> None:
        """The next `times` occasions go wrong in this way."""
        self.mischief.order(name, on=on, times=times)

    def posts(self, path: str) -> list[Asked]:
        """The POSTs that arrived at a path that ends like this."""
        return [asked for asked in self.asked if asked.method == "POST" and asked.path.endswith(path)]

    def forget(self) -> None:
        """Begin with empty books: no order, no charge."""
        self.replicate.predictions.clear()
        self._bill.charges.clear()
        self.asked.clear()

    def __enter__(self) -> Vendor:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        if self._server.errors and error is None:
            raise self._server.errors[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    errors: list[BaseException]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of this server."""
        error = sys.exception()
        if error is not None and not isinstance(error, (OSError, _Broken)):
            self.errors.append(error)


class _Broken(Exception):
    """The connection is to be cut now."""


class _Handler(BaseHTTPRequestHandler):
    vendor: Vendor
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        self._path = urlsplit(self.path).path
        asked = Asked(self.command, self._path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.vendor.asked.append(asked)
        try:
            self._route(asked)
        except (_Broken, BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _route(self, asked: Asked) -> None:
        for method, pattern, handle in _ROUTES:
            found = re.fullmatch(pattern, asked.path)
            if found and method == asked.method:
                free = pattern.startswith((r"/delivery", "/_"))
                if not free and asked.headers.get("authorization") != f"Bearer {KEY}":
                    self._unauthorized(asked)
                    return
                handle(self, asked, *found.groups())
                return
        self._send(404, {"detail": "Not found", "status": 404})

    def _unauthorized(self, asked: Asked) -> None:
        if asked.path.startswith("/v1/"):
            detail = "You did not pass a valid authentication token"
            self._send(401, {"title": "Unauthenticated", "detail": detail, "status": 401})
            return
        error = {"message": "Incorrect API key provided.", "type": "invalid_request_error", "code": "invalid_api_key"}
        self._send(401, {"error": error})

    # -- answers -----------------------------------------------------------------------------------------------------

    def _send(
        self, status: int, body: Any, *, headers: dict[str, str] | None = None, kind: str = "application/json"
    ) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _half(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        raise _Broken

    def _hang(self) -> None:
        self.vendor.closing.wait(HANG_S)
        raise _Broken

    def _before(self, trouble: str, *, openai: bool) -> bool:
        """Whether the trouble keeps the work from being done at all; then it is answered here."""

        def error(status: int, message: str, code: str = "", **headers: str) -> None:
            body: dict[str, Any] = {"error": {"message": message, "code": code or status}}
            if not openai:
                body = {"title": message.partition(".")[0], "detail": message, "status": status}
            self._send(status, body, headers={name.replace("_", "-"): value for name, value in headers.items()})

        if trouble == "dropped_before":
            raise _Broken
        if trouble == "rate_limited":
            error(429, "Request was throttled.", retry_after="7")
        elif trouble == "low_credit":
            detail = "Request was throttled. Your rate limit resets in ~5s."
            self._send(429, {"detail": detail, "status": 429, "retry_after": 5, "error": detail})
        elif trouble == "no_credit":
            error(402, "Insufficient credit. You have insufficient credit to run this model.")
        elif trouble == "server_error":
            self._send(500, b"Internal Server Error", kind="text/plain")
        elif trouble == "bad_gateway":
            self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", kind="text/html")
        elif trouble == "odd_error":
            self._send(422, [{"message": "this body is a list"}])
        elif trouble == "redirect":
            self._send(307, b"", headers={"location": ELSEWHERE})
        elif trouble == "wrong_key":
            self._unauthorized(Asked("GET", self._path, {}, b""))
        else:
            return False
        return True

    def _after(self, trouble: str, status: int, body: Any) -> None:
        """Answer for work that is done, or fail to."""
        data = json.dumps(body).encode()
        if trouble == "lost_answer":
            raise _Broken
        if trouble == "server_error_after":
            self._send(500, b"Internal Server Error", kind="text/plain")
            return
        if trouble == "html_page":
            self._send(200, b"<html><body>Welcome</body></html>", kind="text/html")
            return
        if trouble == "hang":
            self._hang()
            return
        if trouble == "half_body":
            self._half(data)
            return
        if trouble == "truncated_json":
            self._send(status, data[: len(data) * 2 // 3])
            return
        self._send(status, body)

    # -- Replicate ---------------------------------------------------------------------------------------------------

    def create(self, asked: Asked) -> None:
        vendor = self.vendor
        trouble = vendor.mischief.take("create")
        if self._before(trouble, openai=False):
            return
        body = asked.json
        refused = vendor.replicate.refusal(body)
        if refused:
            self._send(422, refused)
            return
        wait = re.fullmatch(r"(\d+)s", asked.headers.get("cancel-after", ""))
        fate = vendor.mischief.take("run")
        made = vendor.replicate.accept(body, fate=fate, deadline_s=float(wait[1]) if wait else 0)
        way = vendor.mischief.take("webhook") if made.webhook else ""
        if made.webhook and way == "early":
            self._tell(made, way)
        elif made.webhook:
            when_over(lambda: made.over, lambda: self._tell(made, way), vendor.closing)
        self._after(trouble, 201, vendor.replicate.told(made, vendor.url) | {"output": None, "status": "starting"})

    def _tell(self, made: Prediction, way: str) -> None:
        vendor = self.vendor
        for status in send_callback(made.webhook, vendor.replicate.told(made, vendor.url), way):
            vendor.callbacks.append((made.id, status))

    def look(self, asked: Asked, prediction_id: str) -> None:
        trouble = self.vendor.mischief.take("get")
        if self._before(trouble, openai=False):
            return
        made = self.vendor.replicate.predictions.get(prediction_id)
        if made is None:
            self._send(404, {"detail": "Not found", "status": 404})
            return
        self._after(trouble, 200, self.vendor.replicate.told(made, self.vendor.url))

    def listing(self, asked: Asked) -> None:
        vendor, query = self.vendor, parse_qs(urlsplit(self.path).query)
        after = (query.get("created_after") or [""])[0]
        offset, size = int((query.get("cursor") or ["0"])[0]), 100
        made = sorted(vendor.replicate.predictions.values(), key=lambda item: item.created, reverse=True)
        found = [vendor.replicate.told(item, vendor.url) for item in made]
        found = [body for body in found if not after or body["created_at"] >= after]
        more = f"{vendor.url}/v1/predictions?cursor={offset + size}&created_after={after.replace('+', '%2B')}"
        page = found[offset : offset + size]
        self._send(200, {"previous": None, "next": more if len(found) > offset + size else None, "results": page})

    def cancel(self, asked: Asked, prediction_id: str) -> None:
        made = self.vendor.replicate.predictions.get(prediction_id)
        if made is None:
            self._send(404, {"detail": "Not found", "status": 404})
            return
        if not made.over:
            made.canceled_at = 1.0
        self._send(200, self.vendor.replicate.told(made, self.vendor.url))

    def upload(self, asked: Asked) -> None:
        _, files = _multipart(asked)
        name = f"file-{len(self.vendor.replicate.files)}"
        self.vendor.replicate.files[name] = files["content"]
        self._send(201, {"id": name, "urls": {"get": f"{self.vendor.url}/v1/files/{name}"}})

    def account(self, asked: Asked) -> None:
        self._send(200, {"type": "user", "username": "stand-in", "name": "Stand In"})

    def secret(self, asked: Asked) -> None:
        self._send(200, {"key": SECRET})

    def delivery(self, asked: Asked, prediction_id: str) -> None:
        trouble = self.vendor.mischief.take("output")
        found = self.vendor.replicate.output(prediction_id)
        if found is None or trouble == "expired":
            self._send(404, b"gone", kind="text/plain")
            return
        data, kind = found
        if trouble == "server_error":
            self._send(500, b"oops", kind="text/plain")
            return
        if trouble == "wrong_type":
            self._send(200, b"<html>not what you ordered</html>" * 20, kind=kind)
            return
        if trouble == "private_redirect":
            self._send(302, b"", headers={"location": PRIVATE})
            return
        if trouble == "half_body":
            self._half(data)
            return
        if trouble == "hang":
            self._hang()
            return
        if trouble == "zip_bomb":
            self._send(200, gzip.compress(bytes(200_000_000)), headers={"content-encoding": "gzip"}, kind=kind)
            return
        if trouble in {"huge", "flood"}:
            self._flood(kind, declared=trouble == "huge")
            return
        self._send(200, data, kind=kind)

    def _flood(self, kind: str, *, declared: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        if declared:
            self.send_header("content-length", str(FLOOD_BYTES))
        else:
            self.send_header("connection", "close")
        self.end_headers()
        piece = bytes(1 << 20)
        for _ in range(FLOOD_BYTES // len(piece)):
            self.wfile.write(piece)
        raise _Broken

    # -- OpenAI and OpenRouter ---------------------------------------------------------------------------------------

    def chat(self, asked: Asked, vendor_name: str) -> None:
        trouble = self.vendor.mischief.take("chat")
        if self._before(trouble, openai=True):
            return
        router = vendor_name == "openrouter"
        if trouble in {"error_in_200", "no_choices"}:
            error = {"message": "Provider returned error", "code": 429, "metadata": {"raw": "Too Many Requests"}}
            gone: dict[str, Any] = {"id": None, "choices": None, "usage": None}
            self._send(200, gone | ({"error": error} if trouble == "error_in_200" else {}))
            return
        answer, cost = chat_answer(asked.json, trouble, names_cost=router)
        self.vendor.bill.add(Charge(vendor_name, "chat", asked.json["model"], answer["id"], "", cost))
        self._after(trouble, 200, answer)

    def transcription(self, asked: Asked, vendor_name: str) -> None:
        trouble = self.vendor.mischief.take("transcription")
        if self._before(trouble, openai=True):
            return
        fields, files = _multipart(asked)
        language = fields.get("language", "en")
        if trouble == "bad_language" or not re.fullmatch("[a-z]{2}", language):
            message = f"Invalid language '{language}'. Language parameter must be specified in ISO-639-1 format."
            error = {"message": message, "param": "language", "code": "invalid_language_format"}
            self._send(400, {"error": error})
            return
        script = self.vendor.transcripts.pop(0) if self.vendor.transcripts else None
        router = vendor_name == "openrouter"
        answer, cost = transcription_answer(fields, files["file"], trouble, script, names_cost=router)
        self.vendor.bill.add(Charge(vendor_name, "transcription", fields["model"], "", "", cost))
        self._after(trouble, 200, answer)

    def image(self, asked: Asked, vendor_name: str) -> None:
        trouble = self.vendor.mischief.take("image")
        if self._before(trouble, openai=True):
            return
        if trouble == "moderated":
            message = "Your request was rejected by the safety system."
            self._send(400, {"error": {"message": message, "code": "moderation_blocked"}})
            return
        answer, cost = image_answer(asked.json, trouble)
        self.vendor.bill.add(Charge(vendor_name, "image", asked.json["model"], "", "", cost))
        self._after(trouble, 200, answer)

    def image_edit(self, asked: Asked, vendor_name: str) -> None:
        trouble = self.vendor.mischief.take("image")
        if self._before(trouble, openai=True):
            return
        fields, files = _multipart(asked)
        given = [data for name, data in files.items() if name.startswith("image[]")]
        if not given or any(not data.startswith(b"\xff\xd8") for data in given) or "moderation" in fields:
            self._send(400, {"error": {"message": "Invalid image input.", "param": "image", "code": "invalid_image"}})
            return
        answer, cost = image_answer(fields, trouble, [media.picture_size(data) for data in given])
        self.vendor.bill.add(Charge(vendor_name, "image", fields["model"], "", "", cost))
        self._after(trouble, 200, answer)

    def models(self, asked: Asked, vendor_name: str) -> None:
        self._send(200, {"object": "list", "data": [{"id": "gpt-6-luna", "object": "model"}]})

    def key(self, asked: Asked, vendor_name: str) -> None:
        self._send(200, {"data": {"label": "test", "limit_remaining": self.vendor.credit_usd}})

    # -- for the test that started it --------------------------------------------------------------------------------

    def tell_bill(self, asked: Asked) -> None:
        charges = [vars(charge) for charge in self.vendor.bill.charges]
        self._send(200, {"total_microusd": self.vendor.bill.total_microusd, "charges": charges})

    def order(self, asked: Asked) -> None:
        self.vendor.misbehave(**asked.json)
        self._send(200, {})


def _multipart(asked: Asked) -> tuple[dict[str, str], dict[str, bytes]]:
    """The fields and files of a multipart form."""
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + asked.body)
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts():  # type: ignore[attr-defined]
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if part.get_filename():
            files[name if name not in files else f"{name}{len(files)}"] = data
        else:
            fields[name] = data.decode()
    return fields, files


_AI = r"/(openai|openrouter)(?:/api)?/v1"
_ROUTES: list[tuple[str, str, Callable[..., None]]] = [
    ("POST", "/v1/predictions", _Handler.create),
    ("GET", "/v1/predictions", _Handler.listing),
    ("GET", r"/v1/predictions/(\w+)", _Handler.look),
    ("POST", r"/v1/predictions/(\w+)/cancel", _Handler.cancel),
    ("POST", "/v1/files", _Handler.upload),
    ("GET", "/v1/account", _Handler.account),
    ("GET", "/v1/webhooks/default/secret", _Handler.secret),
    ("GET", r"/delivery/(\w+)/.+", _Handler.delivery),
    ("POST", _AI + "/chat/completions", _Handler.chat),
    ("POST", _AI + "/audio/transcriptions", _Handler.transcription),
    ("POST", _AI + "/images/generations", _Handler.image),
    ("POST", _AI + "/images/edits", _Handler.image_edit),
    ("GET", _AI + "/models", _Handler.models),
    ("GET", _AI + "/key", _Handler.key),
    ("GET", "/_bill", _Handler.tell_bill),
    ("POST", "/_misbehave", _Handler.order),
]
