"""Consents: what a person agreed to, recorded for a case. Who was told on the strength of it is in `disclosures`."""
