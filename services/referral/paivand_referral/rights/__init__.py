"""Rights: the checklist of a victim's rights in a proceeding, and what was missed."""
