"""A gateway of its own for tests that need other limits: real Envoy and Keycloak, and mirrors behind it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import httpx
from paivand_local import demonstration
from paivand_local.site import LOOPBACK, SERVICES, Site
from paivand_local.stack import Stack
from paivand_local.testing import temporary_site


class _Mirror(BaseHTTPRequestHandler):
    """Answers with the request as it arrived behind the gateway."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        seen = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "length": len(body)}
        answer = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_OPTIONS = _answer  # noqa: N815 - http.server's names

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Silent."""


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True

    def get_request(self) -> tuple[Any, Any]:
        connection, _ = super().get_request()
        return connection, ("socket", 0)


class Edge:
    """The gateway and what stands around it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.port = stack.site.ports.gateway
        self.access_log = stack.site.logs_dir / "envoy.log"

    def request(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {})) | ({"Authorization": f"Bearer {token}"} if token else {})
        with demonstration.http_client(self.stack.site) as client:
            client.timeout = 10
            return client.request(method, path, headers=headers, **options)

    def get(self, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        return self.request("GET", path, token, **options)

    def counter(self, name: str) -> int:
        """A counter of Envoy's own, from its administration socket."""
        transport = httpx.HTTPTransport(uds=str(self.stack.site.run_dir / "envoy-admin.sock"))
        with httpx.Client(transport=transport) as client:
            stats = client.get(f"http://envoy/stats?filter={name}$&format=json").json()["stats"]
        return sum(each.get("value", 0) for each in stats)


@contextmanager
def edge(network: Stack, **listener: Any) -> Iterator[Edge]:
    """A gateway beside the network's, with the same Keycloak. `listener`: fields of gateway.Listener that differ."""
    shared = {
        "issuer": network.site.issuer,
        "jwks_url": network.site.jwks_url,
        "keycloak_port": network.site.ports.keycloak,
        "requests_per_second": 100_000,
    }
    with temporary_site(gateway=shared | listener) as site:
        site.create()
        servers = [_serve(site.run_dir / f"{service}.sock") for service in SERVICES]
        stack = Stack(site, parts=("envoy",))
        stack.start()
        try:
            yield Edge(stack)
        finally:
            stack.stop()
            for server in servers:
                server.shutdown()
                server.server_close()


def _serve(path: Path) -> _Server:
    server = _Server(str(path), _Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class KeycloakAdmin:
    """Changes in the realm of a test's Keycloak, through its loopback port, as an operator makes them."""

    def __init__(self, site: Site) -> None:
        self._client = httpx.Client(base_url=f"http://{LOOPBACK}:{site.ports.keycloak}/auth", timeout=30)
        self._site = site
        self._client.headers["Authorization"] = f"Bearer {self.master_token()}"

    def master_token(self) -> str:
        """A token of Keycloak's own realm, `master`."""
        form = {
            "client_id": "admin-cli",
            "grant_type": "password",
            "username": "admin",
            "password": self._site.secret("keycloak_admin_password"),
        }
        answer = self._client.post("/realms/master/protocol/openid-connect/token", data=form)
        return answer.raise_for_status().json()["access_token"]

    def members(self, organization_id: str) -> set[str]:
        """User names of those who belong to an organization."""
        found = self._client.get(f"/admin/realms/paivand/organizations/{organization_id}/members")
        return {each["username"] for each in found.raise_for_status().json()}

    @contextmanager
    def client(self, client_id: str, **settings: Any) -> Iterator[None]:
        """A further client of the realm, removed at the end."""
        representation = {
            "clientId": client_id,
            "publicClient": True,
            "directAccessGrantsEnabled": True,
            "standardFlowEnabled": False,
            **settings,
        }
        with self._made("/admin/realms/paivand/clients", representation):
            yield

    @contextmanager
    def user(self, username: str) -> Iterator[None]:
        """A further person with the demonstration's password and nothing else, removed at the end."""
        representation = {
            "username": username,
            "enabled": True,
            "email": f"{username}@example.org",
            "emailVerified": True,
            "firstName": "New",
            "lastName": "Person",
            "credentials": [{"type": "password", "value": self._site.demonstration_password}],
        }
        with self._made("/admin/realms/paivand/users", representation):
            yield

    @contextmanager
    def signing_key(self) -> Iterator[None]:
        """A new signing key that wins over the old one, removed at the end."""
        realm = self._client.get("/admin/realms/paivand").raise_for_status().json()["id"]
        representation = {
            "name": "rotated",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": realm,
            "config": {"priority": ["200"], "keySize": ["2048"]},
        }
        with self._made("/admin/realms/paivand/components", representation):
            yield

    @contextmanager
    def _made(self, path: str, representation: dict[str, Any]) -> Iterator[None]:
        made = self._client.post(path, json=representation).raise_for_status().headers["location"]
        try:
            yield
        finally:
            identifier = made.rsplit("/", 1)[1]
            self._client.headers["Authorization"] = f"Bearer {self.master_token()}"
            self._client.delete(f"{path}/{identifier}").raise_for_status()

    def token(self, client_id: str, username: str) -> str:
        """A token of a demonstration account, for any client with direct grants."""
        form = {
            "client_id": client_id,
            "grant_type": "password",
            "username": username,
            "password": self._site.demonstration_password,
        }
        answer = self._client.post(
            "/realms/paivand/protocol/openid-connect/token", data=form, headers={"Authorization": ""}
        )
        return answer.raise_for_status().json()["access_token"]
