"""Reminders: what time alone brings about for a hearing, said once to each organization that must know."""
