"""The command line of the page and of scripts."""
