"""The objects of the API, each with what the simulation reads and changes; the rest is kept as given."""
