"""Inboxes: what a team must know, to read and to follow live."""
