"""E-mail to people who ask for it."""
