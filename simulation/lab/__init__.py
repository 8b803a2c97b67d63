"""The universe as one object: commands in, queries answered, time advanced."""
