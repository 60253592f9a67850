"""Feeds of other directories: HSDS JSON and the HSDS tabular data package, in and out. For operators."""
