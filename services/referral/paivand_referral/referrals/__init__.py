"""Referrals: one request of a requester to an owner's service, from asked to closed."""
