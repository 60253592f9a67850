"""Accompaniments: what a shelter needs to know of a hearing to bring the person there safely, and nothing else."""
