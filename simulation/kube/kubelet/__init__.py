"""The kubelets: each runs the pods of one machine and reports what became of them."""
