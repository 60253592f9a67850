"""Holds: room kept until a time, then confirmed or free again. Never promised twice."""
