"""Consensus as etcd runs it; has never heard of Kubernetes, of networks or of clocks.

A Member is a pure state machine: messages and ticks go in, messages and committed entries come
out. Whoever hosts it decides what a tick is, whether a message arrives, and when the machine
loses power.
"""
