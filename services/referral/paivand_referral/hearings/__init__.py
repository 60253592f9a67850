"""Hearings: the dated events of a proceeding, and what the person needs there."""
