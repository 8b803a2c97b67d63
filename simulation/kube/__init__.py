"""The cluster, in Kubernetes' own words."""
