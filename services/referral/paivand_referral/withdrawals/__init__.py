"""The end of a consent, withdrawn or expired, and what follows for the referrals that stand on it."""
