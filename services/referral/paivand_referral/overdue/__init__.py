"""Overdue: referrals whose `respond_by` passed without an answer."""
