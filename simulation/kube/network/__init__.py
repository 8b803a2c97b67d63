"""Cables, service addresses, ingress routing and the traffic of users."""
