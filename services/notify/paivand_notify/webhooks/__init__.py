"""Webhooks: signed events for integrators' systems."""
