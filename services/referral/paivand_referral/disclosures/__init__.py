"""Disclosures: who was shown what of a case, and on which consent."""
