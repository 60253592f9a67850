"""What the member organizations offer."""
