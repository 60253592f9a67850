"""The demonstration's mail server."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest
from paivand_local.site import LOOPBACK
from paivand_local.stack import Stack

pytestmark = pytest.mark.integration


def send(stack: Stack, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "paivand@example.org", "zarina@mehrubon.example.org", subject
    message.set_content(text)
    with smtplib.SMTP(LOOPBACK, stack.site.ports.smtp) as smtp:
        smtp.send_message(message)


def page(stack: Stack, path: str) -> httpx.Response:
    return httpx.get(f"http://{LOOPBACK}:{stack.site.ports.mail_page}{path}", trust_env=False)


def test_what_is_sent_is_shown_and_kept(calm: Stack) -> None:
    send(calm, "Referral R-1: accepted", "Salom")
    send(calm, "Направление R-2: принято", "Второе")
    calm.restart("mail")
    kept = page(calm, "/messages.json").json()
    assert [each["subject"] for each in kept][:2] == ["Направление R-2: принято", "Referral R-1: accepted"]
    assert kept[1]["text"].strip() == "Salom"
    assert kept[1]["to"] == "zarina@mehrubon.example.org"
    assert "Направление" in page(calm, "/").text
    assert "Salom" in page(calm, f"/{kept[1]['id']}").text


def test_markup_in_a_message_stays_text(calm: Stack) -> None:
    send(calm, "<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    identifier = page(calm, "/messages.json").json()[0]["id"]
    for path in ("/", f"/{identifier}"):
        assert "<script>alert" not in page(calm, path).text
        assert "<img" not in page(calm, path).text


@pytest.mark.parametrize("path", ["/nothing", "/../secrets/nats", "/99", "/%2e%2e/ports"])
def test_nothing_else_is_served(calm: Stack, path: str) -> None:
    assert page(calm, path).status_code == 404
