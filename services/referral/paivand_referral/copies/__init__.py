"""The person's own copy: what is held, who saw it and when, in plain words, to read or to print."""
