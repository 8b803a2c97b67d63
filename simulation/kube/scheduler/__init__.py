"""kube-scheduler: gives each pod a node, one pod at a time."""
