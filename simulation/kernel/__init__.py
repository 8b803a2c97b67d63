"""Time and luck; has never heard of Kubernetes."""
