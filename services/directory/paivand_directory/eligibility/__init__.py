"""Whom a service is for: conditions as data, judged in three values, each explained."""
