"""A whole notify: granian on a Unix socket, PostgreSQL, NATS, outboxes with their relays, SMTP, signing keys."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
from aiosmtpd.controller import Controller
from cryptography.fernet import Fernet
from paivand_contracts.envelope import Event
from paivand_kit.database import Database
from paivand_kit.jobs import running
from paivand_kit.messaging import Messaging
from paivand_kit.outbox import emit
from paivand_kit.relay import Relay
from paivand_kit.settings import ServiceSettings
from paivand_local.testing import NatsServer, PostgresServer, temporary_site
from pydantic import SecretStr

from tests.factories import tokens
from tests.factories.running import IDEMPOTENCY_SECRET

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Received:
    """One request that a `Receiver` took."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """A real HTTP server that notes what it is sent and answers with the status that is set."""

    def __init__(self, *, status: int = 204, headers: dict[str, str] | None = None) -> None:
        self.received: list[Received] = []
        self.status, self.headers = status, headers or {}
        self.may_answer = threading.Event()
        self.may_answer.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:  # The sender was killed while it spoke: nothing was received.
                    return
                receiver.received.append(Received(self.path, dict(self.headers.items()), body))
                receiver.may_answer.wait(60)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    @contextmanager
    def running(self) -> Iterator[Self]:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield self
        finally:
            self.may_answer.set()
            self._server.shutdown()
            self._server.server_close()


class Mailbox:
    """Handler of a real SMTP server: keeps the mails, and may refuse recipients."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Any] = []
        self.refusal: str | None = None

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"

    @contextmanager
    def running(self) -> Iterator[int]:
        """Serves on a free port."""
        with socket.create_server(("127.0.0.1", 0)) as held:  # the controller cannot find out a port 0 by itself
            port = held.getsockname()[1]
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()


class KeyServer(ThreadingHTTPServer):
    """Publishes the test key as Keycloak publishes its own."""

    def __init__(self) -> None:
        body = json.dumps(tokens.jwks()).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


def end_with_parent() -> None:
    """A killed test run leaves no server behind (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class LiveNotify:
    """The running service, and the outboxes that feed it."""

    def __init__(
        self, environment: dict[str, str], folder: Path, producers: dict[str, ServiceSettings], mailbox: Mailbox
    ) -> None:
        self._environment, self._folder, self._producers = environment, folder, producers
        self.mailbox = mailbox
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        mailbox, keys = Mailbox(), KeyServer()
        threading.Thread(target=keys.serve_forever, daemon=True).start()
        with (
            temporary_site() as site,
            PostgresServer.running(site) as postgres,
            temporary_site() as other_site,
            NatsServer.running(other_site) as nats,
            mailbox.running() as smtp_port,
            TemporaryDirectory(prefix="notify-") as folder,
        ):
            environment = {
                "PAIVAND_DATABASE_URL": postgres.url("notify"),
                "PAIVAND_NATS_URL": nats.url,
                "PAIVAND_NATS_USER": "notify",
                "PAIVAND_NATS_PASSWORD": nats.credentials("notify")[1],
                "PAIVAND_IDEMPOTENCY_SECRET": IDEMPOTENCY_SECRET.get_secret_value(),
                "PAIVAND_ISSUER": tokens.ISSUER,
                "PAIVAND_JWKS_URL": f"http://127.0.0.1:{keys.server_port}/certs",
                "PAIVAND_WEBHOOK_SECRET_KEY": Fernet.generate_key().decode(),
                "PAIVAND_ALLOW_PRIVATE_WEBHOOKS": "true",
                "PAIVAND_WEBHOOK_RETRY_SECONDS": "[0.2, 0.2]",
                "PAIVAND_STREAM_HEARTBEAT_SECONDS": "0.2",
                "PAIVAND_STREAMS_PER_SUBJECT": "3",
                "PAIVAND_DELIVERY_LEASE_SECONDS": "3",
                "PAIVAND_SMTP_PORT": str(smtp_port),
            }
            producers = {
                name: ServiceSettings(
                    database_url=SecretStr(postgres.url(name)),
                    nats_url=nats.url,
                    nats_user=name,
                    nats_password=SecretStr(nats.credentials(name)[1]),
                    idempotency_secret=IDEMPOTENCY_SECRET,
                    issuer=tokens.ISSUER,
                    jwks_url="",
                )
                for name in ("referral", "directory")
            }
            live = cls(environment, Path(folder), producers, mailbox)
            try:
                live.start("notify")
                yield live
            finally:
                live.stop_all()
                keys.shutdown()
                keys.server_close()

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Starts a replica on the socket of that name and waits until it is ready."""
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "paivand_notify.app:create_app"),
            *("--uds", f"{name}.sock", "--workers", "1", "--loop", "uvloop", "--no-ws", "--log-level", "warning"),
        ]
        # What a killed one left; granian does not take it over.
        (self._folder / f"{name}.sock").unlink(missing_ok=True)
        log = (self._folder / f"{name}.log").open("ab")
        environment = {"PATH": os.environ["PATH"], **self._environment}
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self.processes[name] = process
        self._wait_until_ready(name, process)
        return process

    def _wait_until_ready(self, name: str, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 30
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self._folder / f"{name}.sock"))) as client:
            while time.monotonic() < deadline and process.poll() is None:
                try:
                    if set(client.get("http://notify/health/ready").json().values()) == {"ok"}:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise AssertionError((self._folder / f"{name}.log").read_text())

    def stop(self, process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
        """Asks the server to end (SIGTERM), or ends it and its worker at once (SIGKILL)."""
        self.processes = {name: each for name, each in self.processes.items() if each is not process}
        try:
            if how == signal.SIGTERM:
                process.terminate()
                process.wait(20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def stop_all(self) -> None:
        for process in [*self.processes.values()]:
            self.stop(process)

    @asynccontextmanager
    async def client(self, name: str = "notify") -> AsyncGenerator[httpx.AsyncClient]:
        """A client of one replica."""
        transport = httpx.AsyncHTTPTransport(uds=str(self._folder / f"{name}.sock"))
        async with httpx.AsyncClient(transport=transport, base_url="http://notify", timeout=10) as client:
            yield client

    @asynccontextmanager
    async def producer(self, name: str) -> AsyncGenerator["Outbox"]:
        """Another service's end: what is stated there is relayed over NATS."""
        settings = self._producers[name]
        database, messaging = Database(settings.database_url.get_secret_value()), Messaging(settings)
        relay = Relay(name, database, messaging)
        async with running(messaging.run(), relay.run()):
            yield Outbox(database)
        await database.close()


class Outbox:
    """States events as another service does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self, *events: Event) -> None:
        async with self._database.transaction() as session:
            await emit(session, *events)
