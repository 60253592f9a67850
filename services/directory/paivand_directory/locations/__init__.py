"""Where services are given, and who may know it."""
