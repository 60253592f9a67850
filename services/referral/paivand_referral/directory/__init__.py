"""The referral service's own copy of what it needs from the directory, kept by events."""
