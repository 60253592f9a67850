"""Runs the whole network on one machine without containers."""
