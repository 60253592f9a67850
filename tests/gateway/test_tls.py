"""The listener with a certificate."""

import datetime
import socket
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paivand_local.site import LOOPBACK
from paivand_local.stack import Stack

from tests.gateway.edge import edge

pytestmark = pytest.mark.system


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """A self-signed certificate for localhost and its key, as the listener wants to be told of them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = tmp_path / "tls.crt", tmp_path / "tls.key"
    pem = serialization.Encoding.PEM
    chain.write_bytes(built.public_bytes(pem))
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return {"tls_certificate": str(chain), "tls_key": str(private)}


def test_with_a_certificate_the_listener_speaks_tls_and_nothing_else(
    stack: Stack, token: str, certificate: dict[str, str]
) -> None:
    with edge(stack, **certificate) as secure:
        assert secure.stack.url.startswith("https://")
        assert secure.get("/directory/v1/organizations", token).status_code == 200
        with socket.create_connection((LOOPBACK, secure.port), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.makefile("rb").read() == b""
