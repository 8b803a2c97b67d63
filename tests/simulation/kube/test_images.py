"""Image names, what registries have, and what programs do."""

import pytest

from simulation.kernel.dice import Dice
from simulation.kube.images import (
    behaviour_of,
    parse_reference,
    profile_of,
    program_of,
)
from simulation.kube.objects.pod import Container, ContainerPort


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("docker.io/redis:6.0.5", "docker.io/library/redis:6.0.5"),
        ("bitnami/redis", "docker.io/bitnami/redis:latest"),
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
        ("localhost:5000/a/b:c", "localhost:5000/a/b:c"),
        ("shop.local/web:2", "shop.local/web:2"),
    ],
)
def test_a_name_is_completed_as_a_runtime_does_it(image: str, name: str):
    reference = parse_reference(image)

    assert reference is not None
    assert reference.name == name


@pytest.mark.parametrize("image", ["", "Nginx", "nginx:", "nginx::1", "a b", "-nginx"])
def test_what_is_no_name_is_not_parsed(image: str):
    assert parse_reference(image) is None


def test_an_unknown_image_has_the_same_size_in_every_run():
    sizes = [profile_of("somebody/something:v3", Dice(seed)).size for seed in (1, 1, 2)]

    assert sizes[0] == sizes[1]
    assert sizes[0] != sizes[2]


@pytest.mark.parametrize(
    ("image", "command", "exits_after", "code"),
    [
        ("nginx:1", (), None, 0),
        ("nginx:1", ("nginx", "-g", "daemon off;"), None, 0),
        ("busybox:1", (), 200, 0),
        ("busybox:1", ("sleep", "5"), 5_200, 0),
        ("busybox:1", ("sh", "-c", "echo hi; sleep 2; exit 3"), 2_200, 3),
        ("busybox:1", ("false",), 200, 1),
        ("busybox:1", ("sh", "-c", "while true; do date; sleep 1; done"), None, 0),
        ("busybox:1", ("sleep", "infinity"), None, 0),
    ],
)
def test_a_command_says_what_a_program_does(
    image: str, command: tuple[str, ...], exits_after: int | None, code: int
):
    behaviour = behaviour_of(image, command, (), Dice(1))

    assert (behaviour.exits_after, behaviour.exit_code) == (exits_after, code)


@pytest.mark.parametrize(
    ("image", "command", "declared", "ports"),
    [
        ("nginx:1", (), (9999,), (80,)),
        ("somebody/something:1", (), (), None),
        ("somebody/something:1", (), (8080, 9090), (8080, 9090)),
        ("somebody/something:1", ("sh", "-c", "exec /app/serve"), (8080,), (8080,)),
        ("busybox:1", ("sleep", "1000"), (8080,), ()),
        ("busybox:1", ("sh", "-c", "while true; do nc -lk -p 8080; done"), (), (8080,)),
    ],
)
def test_a_program_listens_where_it_is_known_to_or_else_where_its_container_declares(
    image: str, command: tuple[str, ...], declared: tuple[int, ...], ports: tuple[int, ...] | None
):
    container = Container("main", image, command, ports=tuple(map(ContainerPort, declared)))

    assert program_of(container, Dice(1)).ports == ports
