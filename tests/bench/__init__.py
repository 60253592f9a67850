"""The budgets of the design, each a ratio measured side by side in one run. `make bench`; needs Debian's `wrk`."""
