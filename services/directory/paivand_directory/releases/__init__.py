"""The exact place of a redacted location, told to the parties of an accepted referral, each time recorded."""
