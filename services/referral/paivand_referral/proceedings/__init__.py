"""Proceedings: what goes on before a court or an authority for the person of a case."""
