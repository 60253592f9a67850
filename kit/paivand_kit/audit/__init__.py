"""Audit trail: who did what, on which object, standing on which consent, in the transaction of the deed.

`trail` writes entries; every change writes one by itself. `chain` links committed entries, signs heads and hands them
out; `verify` finds what was tampered with; `endpoints` lets auditors read. Never personal data, never free text.
"""
