"""Channels of LISTEN and NOTIFY: what another process of this service may have committed."""

INBOX, DELIVERIES = "inbox", "deliveries"
