"""Quantities come back in the family of suffixes they were written in."""

import pytest

from simulation.kernel.calendar import Calendar
from simulation.kube.manifests.codec import from_json, to_json
from simulation.kube.rules.quantities import canonical

CALENDAR = Calendar(1_750_000_000)


@pytest.mark.parametrize(
    ("written", "given_back"),
    [
        ("1Gi", "1Gi"),
        ("1024Mi", "1Gi"),
        ("1000Mi", "1000Mi"),
        ("1.5Gi", "1536Mi"),
        ("512M", "512M"),
        ("0.5", "500m"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("2000", "2k"),
        ("2048", "2048"),
        ("12e4", "120e3"),
        ("1e3", "1e3"),
        ("0.1", "100m"),
        ("100u", "100u"),
        ("0.1n", "1n"),
        ("1.1Mi", "1153433600m"),
        ("0.5Ki", "512"),
        ("1000Ki", "1000Ki"),
        ("0Mi", "0"),
        ("-1", "-1"),
        ("10E", "10E"),
        ("3.5G", "3500M"),
        ("1e1", "10"),
        (2, "2"),
        (0.25, "250m"),
    ],
)
def test_a_quantity_is_given_back_as_the_api_server_does(written: object, given_back: str) -> None:
    assert canonical(written) == given_back  # type: ignore[arg-type]


def pod(resources: dict) -> dict:
    container = {"name": "a", "image": "b", "resources": resources}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": [container]},
    }


def test_a_pod_s_amounts_keep_their_suffixes() -> None:
    limits = {"cpu": "0.5", "memory": "512M", "hugepages-2Mi": "4Mi", "example.com/gpu": "2"}

    obj = from_json(pod({"limits": limits, "requests": {"memory": "1000Mi"}}), CALENDAR)

    container = to_json(obj, CALENDAR)["spec"]["containers"][0]
    assert container["resources"] == {
        "limits": {"cpu": "500m", "memory": "512M", "hugepages-2Mi": "4Mi", "example.com/gpu": "2"},
        "requests": {"memory": "1000Mi"},
    }


def test_equal_amounts_in_usual_suffixes_are_equal_objects() -> None:
    one = from_json(pod({"limits": {"memory": "1Gi", "cpu": "1"}}), CALENDAR)
    other = from_json(pod({"limits": {"memory": "1024Mi", "cpu": "1000m"}}), CALENDAR)

    assert one == other


def test_amounts_that_the_simulation_does_not_read_are_given_back_in_the_same_form() -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "x"},
        "spec": {"resources": {"requests": {"storage": "1024Mi"}}},
    }

    obj = from_json(claim, CALENDAR)

    assert to_json(obj, CALENDAR)["spec"]["resources"]["requests"] == {"storage": "1Gi"}
