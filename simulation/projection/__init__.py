"""What can be seen: folds over the state of a lab, for pictures and stories."""
