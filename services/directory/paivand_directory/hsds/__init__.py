"""The directory as others expect it: the HSDS 3.1 API Specification, read-only."""
