"""Who can take a person now, and why."""
