"""Cause lists: what courts state of their hearings. Who states it learns nothing of which cases exist."""
