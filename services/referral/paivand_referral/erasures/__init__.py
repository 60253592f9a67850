"""Erasures: a person's right to be forgotten, and the holds that the law may put before it."""
