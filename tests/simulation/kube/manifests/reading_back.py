"""Manifests in, and what the API server would give back."""

from typing import Any

import yaml

from simulation.kernel.calendar import Calendar
from simulation.kube.manifests.codec import from_json, to_json
from simulation.kube.manifests.defaults import with_defaults

CALENDAR = Calendar(1_750_000_000)


def given_back(manifest: str) -> dict[str, Any]:
    """Return the JSON of a manifest after defaults."""
    return to_json(with_defaults(from_json(yaml.safe_load(manifest), CALENDAR)), CALENDAR)
