"""The queue behind every way out: a table with leases, shared by all replicas."""
