"""Tasks: what somebody must do for the person in a proceeding, with templates for each stage."""
