"""A Kubernetes cluster as a pure, repeatable simulation.

Nothing in here knows a wall clock, a thread, a socket or Django: time, luck and commands are
handed in, changes are handed out.
"""
