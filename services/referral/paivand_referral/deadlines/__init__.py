"""Deadlines: the dates by which the law wants something done in a proceeding, and how each was computed."""
