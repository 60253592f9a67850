"""Calendars: the hearings and deadlines that somebody must keep, for the calendar program that they already use."""
