"""The few mechanisms all three services need."""
