"""Where one Paivand network lives on this machine: directories, ports, secrets. No process is started here."""

import base64
import hashlib
import json
import os
import secrets
import socket
import ssl
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paivand_kit.client_assertion import load_key

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("directory", "referral", "notify")
LOOPBACK = "127.0.0.1"
# A Unix socket's path may have 107 bytes; the longest name that we or PostgreSQL put there has about 20.
LONGEST_SOCKET_DIR = 80


class SetupError(Exception):
    """Something a person must put right. The text is one line that says what is wrong and what to do."""


def _new_signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True)
class Ports:
    """Every port the network listens on. Only `gateway` may be reached from other machines."""

    gateway: int
    mail_page: int
    smtp: int
    keycloak: int
    postgres: int
    nats: int

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """Consecutive ports: the gateway is the first."""
        return cls(*range(base, base + len(fields(cls))))

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody uses now, for tests."""
        held = [socket.create_server((LOOPBACK, 0)) for _ in fields(cls)]
        ports = cls(*(each.getsockname()[1] for each in held))
        for each in held:
            each.close()
        return ports

    @classmethod
    def load(cls, file: Path) -> "Ports":
        """Read a ports file.

        Raises: SetupError when it is not what `save` writes.
        """
        try:
            return cls(**tomllib.loads(file.read_text()))
        except (tomllib.TOMLDecodeError, TypeError) as error:
            raise SetupError(
                f"{file} cannot be read ({error}): correct it, or delete it to get the default ports"
            ) from error

    def save(self, file: Path) -> None:
        lines = [f"{name} = {port}" for name, port in asdict(self).items()]
        file.write_text("\n".join(["# Change ports here while the network is down.", *lines, ""]))


@dataclass(frozen=True)
class Site:
    """One network: its state directory, ports and settings. Two sites on one machine do not touch each other."""

    state_dir: Path
    ports: Ports
    demonstration: bool = True
    settings: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """Extra environment of services, e.g. {"referral": {"PAIVAND_OVERDUE_CHECK_SECONDS": "1"}}."""
    gateway: dict[str, Any] = field(default_factory=dict[str, Any])
    """Fields of gateway.Listener that differ from what follows from the site."""
    telemetry: dict[str, str] = field(default_factory=dict[str, str])
    """OTEL_… variables for gateway and services; empty means silent."""
    mail_from: str = "paivand@example.org"

    @property
    def public_url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://localhost:{self.ports.gateway}"

    @property
    def certificate(self) -> str:
        """The gateway's certificate chain (PEM), empty without TLS."""
        return self.gateway.get("tls_certificate", "")

    def tls_context(self) -> ssl.SSLContext:
        """For our own calls to the gateway: trusts its certificate too, which may be self-signed."""
        context = ssl.create_default_context()
        if self.certificate:
            context.load_verify_locations(self.certificate)
        return context

    @property
    def issuer(self) -> str:
        return f"{self.public_url}/auth/realms/paivand"

    @property
    def jwks_url(self) -> str:
        """Where gateway and services fetch the signing keys, past the gateway."""
        return f"http://{LOOPBACK}:{self.ports.keycloak}/auth/realms/paivand/protocol/openid-connect/certs"

    @property
    def demonstration_password(self) -> str:
        """The password of all demonstration accounts: short enough to type, different in every site."""
        return self.secret("demonstration_password", size=8)

    @property
    def demonstration_totp(self) -> str:
        """What an authenticator app is told for any demonstration account: a second factor, in base32 (RFC 4648)."""
        return base64.b32encode(hashlib.sha256(self.secret("demonstration_totp").encode()).digest()[:20]).decode()

    @property
    def logs_dir(self) -> Path:
        return self.state_dir / "logs"

    @property
    def audit_dir(self) -> Path:
        """Keys that sign the audit chains, and the signed heads."""
        return self.state_dir / "audit"

    @cached_property
    def run_dir(self) -> Path:
        """Sockets and generated configuration; elsewhere when the state directory's path is too long for sockets."""
        wanted = self.state_dir / "run"
        if len(str(wanted)) <= LONGEST_SOCKET_DIR:
            return wanted
        name = hashlib.sha256(str(self.state_dir).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"paivand-{os.getuid()}-{name}"

    @property
    def vault_key_file(self) -> Path:
        """The keys of the identity vault. Whoever loses them has lost every identity and every text about a person."""
        return self.state_dir / "secrets" / "vault-keys.json"

    @property
    def index_key_file(self) -> Path:
        """The key of the blind indexes. Whoever loses it finds nobody by name any more."""
        return self.state_dir / "secrets" / "index.key"

    def secret(self, name: str, size: int = 24) -> str:
        """The secret of that name, made at first use: a letter first, because NATS reads bare numbers as numbers."""
        return self._kept(name, lambda: f"p{secrets.token_hex(size)}")

    def signing_key(self, name: str) -> str:
        """A private key (Ed25519, PKCS#8 in base64) by which a service account proves itself, made at first use."""
        pem = self._kept(f"{name}.pem", _new_signing_key)
        return "".join(line for line in pem.splitlines() if not line.startswith("-----"))

    def public_key(self, name: str) -> str:
        """What Keycloak is told of a signing key: the member `x` of its JWK (RFC 8037)."""
        public = load_key(self.signing_key(name)).public_key()
        return base64.urlsafe_b64encode(public.public_bytes_raw()).rstrip(b"=").decode()

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self.state_dir / "secrets" / name
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(make())
        return file.read_text()

    def create(self) -> None:
        """Make the directories; keep what is there.

        Raises: SetupError when the place cannot be written to or another user owns it.
        """
        try:
            # A root user's database runs as another account, which must be able to pass through, not to look.
            self.state_dir.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True, exist_ok=True)
            for directory, mode in ((self.run_dir, 0o711), (self.logs_dir, 0o700), (self.state_dir / "secrets", 0o700)):
                directory.mkdir(mode=mode, parents=True, exist_ok=True)
                if directory.stat().st_uid != os.getuid():
                    raise SetupError(f"{directory} belongs to another user: move it away, or run as its owner")
            if self.run_dir.parent != self.state_dir and not (self.state_dir / "run").exists():
                (self.state_dir / "run").symlink_to(self.run_dir)
            self.ports.save(self.state_dir / "ports.toml")
        except OSError as error:
            raise SetupError(
                f"cannot write to {error.filename or self.state_dir} ({error.strerror}): give yourself the right to, "
                "or choose another place with PAIVAND_STATE"
            ) from error

    def service_environment(self, service: str) -> dict[str, str]:
        """What a service's process is told; see its settings.py."""
        common = {
            "PAIVAND_DATABASE_URL": self.database_url(service, service),
            "PAIVAND_NATS_URL": f"nats://{LOOPBACK}:{self.ports.nats}",
            "PAIVAND_NATS_USER": service,
            "PAIVAND_NATS_PASSWORD": self.secret(f"{service}_nats_password"),
            "PAIVAND_IDEMPOTENCY_SECRET": self.secret(f"{service}_idempotency_secret"),
            "PAIVAND_ISSUER": self.issuer,
            "PAIVAND_JWKS_URL": self.jwks_url,
            "PAIVAND_AUDIENCE": "paivand",
            "PAIVAND_AUDIT_FOLDER": str(self.audit_dir),
            "PAIVAND_PUBLIC_URL": self.public_url,
        }
        if service == "directory":
            common |= {
                "PAIVAND_KEYCLOAK_URL": f"http://{LOOPBACK}:{self.ports.keycloak}/auth",
                "PAIVAND_KEYCLOAK_CLIENT_KEY": self.signing_key("directory_client_key"),
            }
        if service == "referral":
            common |= {
                "PAIVAND_VAULT_KEY_FILE": str(self.vault_key_file),
                "PAIVAND_INDEX_KEY_FILE": str(self.index_key_file),
            }
        if service == "notify":
            common |= {
                "PAIVAND_SMTP_HOST": LOOPBACK,
                "PAIVAND_SMTP_PORT": str(self.ports.smtp),
                "PAIVAND_SMTP_FROM": self.mail_from,
                "PAIVAND_WEBHOOK_SECRET_KEY": self.fernet_key("webhook_secret_key"),
                "PAIVAND_ALLOW_PRIVATE_WEBHOOKS": json.dumps(self.demonstration),
            }
        return common | self.telemetry | self.settings.get(service, {})

    def database_url(self, role: str, database: str) -> str:
        password = self.secret(f"{role}_database_password")
        return f"postgresql+asyncpg://{role}:{password}@/{database}?host={self.run_dir}/postgres&port={self.ports.postgres}"

    def fernet_key(self, name: str) -> str:
        """A secret in Fernet's form (32 bytes, URL-safe base64), derived from the generated one."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.secret(name).encode()).digest()).decode()
