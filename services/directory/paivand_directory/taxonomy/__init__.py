"""The terms by which services are found and needs are named."""
