"""Identities: who the person of a case is. Sealed by the vault, found by blind indexes, for the owner only."""
