"""Court files: the court's own number of a proceeding, sealed, and found by its blind index only."""
