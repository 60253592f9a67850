"""Cases: the pseudonymous record of a person, owned by one organization."""
