"""Agenda: what a person has before them, hearings and tasks in one list."""
