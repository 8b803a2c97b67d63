"""Pure rules that controllers, kubectl and explainers share."""
