"""The demonstration's mail server: an SMTP server on loopback that keeps all mail, and a page that shows it.

Runs as a part of its own: `python -m paivand_local.mail DIRECTORY SMTP_PORT PAGE_PORT`. Sends nothing anywhere.
"""

import email.policy
import html
import json
import signal
import sys
import time
from email.message import EmailMessage
from email.parser import BytesParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from paivand_local.part import Part, check_tcp
from paivand_local.site import LOOPBACK, Site

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
td { padding: .2rem .8rem; }
pre { white-space: pre-wrap; }
"""


def part(site: Site) -> Part:
    """The mail server as a part of the network."""
    kept = site.state_dir / "mail"
    return Part(
        name="mail",
        command=[
            *(sys.executable, "-m", "paivand_local.mail", str(kept)),
            *(str(site.ports.smtp), str(site.ports.mail_page)),
        ],
        ports=(site.ports.smtp, site.ports.mail_page),
        prepare=lambda: kept.mkdir(mode=0o700, exist_ok=True),
        ready=lambda: _check(site),
    )


def _check(site: Site) -> None:
    for port in (site.ports.smtp, site.ports.mail_page):
        check_tcp(LOOPBACK, port)


class Keeper:
    """aiosmtpd handler: one file per message, complete or not there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{time.time_ns():020d}"
        partial = self._directory / f"{name}.part"
        partial.write_bytes(cast(bytes, envelope.original_content))
        partial.rename(self._directory / f"{name}.eml")
        return "250 kept"


def messages(directory: Path) -> list[dict[str, str]]:
    """All kept messages, newest first."""
    return [_summary(file) for file in sorted(directory.glob("*.eml"), reverse=True)]


def _summary(file: Path) -> dict[str, str]:
    message = cast(EmailMessage, BytesParser(policy=email.policy.default).parsebytes(file.read_bytes()))
    body = message.get_body(preferencelist=("plain", "html"))
    return {
        "id": file.stem,
        "from": str(message["from"] or ""),
        "to": str(message["to"] or ""),
        "subject": str(message["subject"] or ""),
        "date": str(message["date"] or ""),
        "text": cast(str, body.get_content()) if body else "",
    }


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=5><title>{html.escape(title)}</title>"
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1>{body}"
    )


def _list(directory: Path) -> str:
    rows = "".join(
        f'<tr><td><a href="/{each["id"]}">{html.escape(each["subject"] or "(no subject)")}</a>'
        f"<td>{html.escape(each['to'])}<td>{html.escape(each['date'])}"
        for each in messages(directory)
    )
    return _page("Mail of the demonstration", f"<table>{rows}</table>" if rows else "<p>No mail yet.</p>")


def _one(file: Path) -> str:
    each = _summary(file)
    head = "".join(f"<tr><td>{name}<td>{html.escape(each[name])}" for name in ("from", "to", "date"))
    return _page(
        each["subject"], f"<table>{head}</table><pre>{html.escape(each['text'])}</pre><p><a href=/>All mail</a>"
    )


def _answer(directory: Path, path: str) -> tuple[HTTPStatus, str, str]:
    name = path.partition("?")[0].strip("/")
    file = directory / f"{name}.eml"
    if name == "messages.json":
        return HTTPStatus.OK, "application/json", json.dumps(messages(directory))
    if not name:
        return HTTPStatus.OK, "text/html", _list(directory)
    if name.isdigit() and file.exists():
        return HTTPStatus.OK, "text/html", _one(file)
    return HTTPStatus.NOT_FOUND, "text/html", _page("Not found", "")


def _page_server(directory: Path, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, text = _answer(directory, self.path)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Silent: nobody needs to know who looked."""

    return ThreadingHTTPServer((LOOPBACK, port), Handler)


def _serve(directory: Path, smtp_port: int, page_port: int) -> None:
    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # before the threads start, so that sigwait gets them
    smtp = Controller(Keeper(directory), hostname=LOOPBACK, port=smtp_port)
    smtp.start()
    page = _page_server(directory, page_port)
    Thread(target=page.serve_forever, daemon=True).start()
    signal.sigwait(ending)
    page.shutdown()
    smtp.stop()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
