"""YAML and JSON in and out: reading, defaulting, validation, and the API's own form."""
