"""Lawyers of record: who represents the person in a proceeding, from when until when."""
