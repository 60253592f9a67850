"""Renders Envoy's configuration from gateway/: one listener for both worlds, the clusters of one.

Needs none of the launcher's programs: docker-compose.yml runs it too, `python -m paivand_local.gateway compose OUT`.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from paivand_contracts.problems import ProblemType

from paivand_local.site import Site

GATEWAY = Path(__file__).resolve().parents[3] / "gateway"
World = Literal["local", "compose"]

PROBLEMS = {
    400: (ProblemType.MALFORMED, "The gateway cannot read this request."),
    401: (ProblemType.UNAUTHENTICATED, "Send a valid access token: `Authorization: Bearer …`."),
    403: (ProblemType.FORBIDDEN, "This access token is not meant for this network."),
    404: (ProblemType.NOT_FOUND, "There is nothing at this address."),
    408: (ProblemType.TIMEOUT, "The request did not arrive in time."),
    413: (ProblemType.TOO_LARGE, "A request body may have 1 MiB at most."),
    429: (ProblemType.TOO_MANY_REQUESTS, "Wait a moment, then try again."),
    431: (ProblemType.TOO_LARGE, "The request headers are too large."),
    500: (ProblemType.INTERNAL, "Something went wrong here. Nothing is known about your request."),
    502: (ProblemType.UNAVAILABLE, "A part of the network does not answer. Try again shortly."),
    503: (ProblemType.UNAVAILABLE, "A part of the network does not answer. Try again shortly."),
    504: (ProblemType.TIMEOUT, "A part of the network did not answer in time. Try again."),
}
"""What the gateway itself answers, by status; everything else comes from a service."""


UNTRACED = {400, 408, 431}
"""Refused while the request was still being read, before there was a trace."""


@dataclass(frozen=True)
class Listener:
    """What the listener must be told."""

    issuer: str
    jwks_url: str
    address: str = "127.0.0.1"
    port: int = 8080
    keycloak_port: int = 8080
    requests_per_second: int = 200
    """Of one token subject or, for what needs no token, of one address; five times as many in a burst."""
    headers_timeout_seconds: int = 10
    jwks_seconds: int = 10
    otlp_endpoint: str = ""
    tls_certificate: str = ""
    tls_key: str = ""


def render(world: World, listener: Listener, admin_socket: str = "") -> str:
    """The whole configuration, as JSON."""
    values = _values(listener)
    config = _load("bootstrap.yaml", values)
    public = _load("listener.yaml", values)
    if listener.tls_certificate:
        public["filter_chains"][0]["transport_socket"] = _tls(listener)
    config["static_resources"] = {"listeners": [public], "clusters": _load(f"clusters.{world}.yaml", values)}
    if admin_socket:
        config["admin"] = {"address": {"pipe": {"path": admin_socket, "mode": 0o600}}}
    return json.dumps(config, indent=1)


def _load(name: str, values: dict[str, Any]) -> Any:
    return yaml.safe_load(Template((GATEWAY / name).read_text()).substitute(values))


def _values(listener: Listener) -> dict[str, Any]:
    otlp = urlsplit(listener.otlp_endpoint or "http://127.0.0.1:4318")
    public = urlsplit(listener.issuer)
    rate = listener.requests_per_second
    return {
        "address": listener.address,
        "port": listener.port,
        "keycloak_port": listener.keycloak_port,
        "issuer": listener.issuer,
        "public_scheme": public.scheme,
        "public_host": public.hostname,
        "public_port": public.port or (443 if public.scheme == "https" else 80),
        "transport_security": _transport_security(public.scheme),
        "jwks_url": listener.jwks_url,
        "jwks_seconds": listener.jwks_seconds,
        "headers_timeout": listener.headers_timeout_seconds,
        "subject_rate": rate,
        "subject_burst": rate * 5,
        "address_rate": rate,
        "address_burst": rate * 5,
        "trace_percent": 100 if listener.otlp_endpoint else 0,
        "otlp_url": f"{otlp.scheme}://{otlp.netloc}{otlp.path.rstrip('/')}/v1/traces",
        "otlp_host": otlp.hostname,
        "otlp_port": otlp.port or (443 if otlp.scheme == "https" else 80),
        # JSON is YAML: strings with any content, and lists, go in as one line.
        "landing_page": json.dumps((GATEWAY / "landing.html").read_text()),
        "reply_mappers": json.dumps([_page(), *(_problem(status) for status in PROBLEMS)]),
    }


def _transport_security(scheme: str) -> str:
    """HSTS (RFC 6797), where the public address has TLS, here or in front of us. Keycloak says it without TLS too."""
    if scheme != "https":
        return "- remove: strict-transport-security"
    header = {"key": "strict-transport-security", "value": "max-age=63072000; includeSubDomains"}
    return "- " + json.dumps({"append": {"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}})


def _status_is(status: int) -> dict[str, Any]:
    comparison = {"op": "EQ", "value": {"default_value": status, "runtime_key": f"local_reply.{status}"}}
    return {"status_code_filter": {"comparison": comparison}}


def _page() -> dict[str, Any]:
    body = {
        "text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"},
        "content_type": "text/html; charset=utf-8",
    }
    return {"filter": _status_is(200), "body_format_override": body}


def _problem(status: int) -> dict[str, Any]:
    kind, detail = PROBLEMS[status]
    document: dict[str, Any] = {
        "type": kind.urn,
        "title": kind.caption,
        "status": status,
        "detail": detail,
    }
    if status not in UNTRACED:
        document["trace_id"] = "@trace_id@"  # the listener puts it in
    body = {"json_format": document, "content_type": "application/problem+json"}
    return {"filter": _status_is(status), "body_format_override": body}


def _tls(listener: Listener) -> dict[str, Any]:
    certificate = {
        "certificate_chain": {"filename": listener.tls_certificate},
        "private_key": {"filename": listener.tls_key},
    }
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "alpn_protocols": ["h2", "http/1.1"],
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
                "tls_certificates": [certificate],
            },
        },
    }


def listener_of(site: Site) -> Listener:
    """The listener of a site of the launcher."""
    own = {
        "issuer": site.issuer,
        "jwks_url": site.jwks_url,
        "port": site.ports.gateway,
        "keycloak_port": site.ports.keycloak,
        "otlp_endpoint": site.telemetry.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
    }
    return Listener(**(own | site.gateway))


def from_environment() -> Listener:
    """The listener that docker-compose.yml asks for."""
    public_url = os.environ.get("PAIVAND_PUBLIC_URL", "http://localhost:8080")
    return Listener(
        issuer=f"{public_url}/auth/realms/paivand",
        jwks_url="http://keycloak:8080/auth/realms/paivand/protocol/openid-connect/certs",
        address="0.0.0.0",  # noqa: S104 - inside its container; what is published is compose's business
        requests_per_second=int(os.environ.get("PAIVAND_REQUESTS_PER_SECOND", Listener.requests_per_second)),
        otlp_endpoint=os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        tls_certificate=os.environ.get("PAIVAND_TLS_CERTIFICATE", ""),
        tls_key=os.environ.get("PAIVAND_TLS_KEY", ""),
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(render("local" if sys.argv[1] == "local" else "compose", from_environment()))
