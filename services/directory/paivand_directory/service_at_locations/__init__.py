"""Which service is given at which location."""
