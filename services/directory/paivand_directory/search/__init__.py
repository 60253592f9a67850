"""What people type into a search box: in any of the three languages, from any keyboard, with mistakes."""
