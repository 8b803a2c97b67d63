"""Which images registries have, and what is said of those that they have not."""

import re
from pathlib import Path

import pytest

from simulation.kube.images import PROFILES, Reference, parse_reference
from simulation.kube.registries import OFFICIAL, OFFICIAL_NAMES, TAGS, is_available, pull_error
from simulation.scenarios.catalogue import FOLDER
from tests.simulation.kubectl.terminals import a_lab, typed

DIGEST = "sha256:" + "0" * 64
NAMED = re.compile(r"\bimage:\s*\"?([^\s\"},]+)")


def reference_of(image: str) -> Reference:
    reference = parse_reference(image)
    assert reference is not None, image
    return reference


def bundled_images() -> list[str]:
    texts = [path.read_text() for path in sorted(Path(FOLDER).rglob("*.yaml"))]
    return sorted({image for text in texts for image in NAMED.findall(text)})


@pytest.mark.parametrize(
    "image",
    [
        "nginx", "nginx:latest", "nginx:1", "nginx:1.7.9", "nginx:1.14.2", "nginx:1.16.1", "nginx:1.27",
        "nginx:stable", "nginx:mainline-alpine", "nginx:alpine", "nginx:1.27-alpine-slim",
        "nginx:1.29.1-bookworm-perl", f"nginx@{DIGEST}", "redis:6.0.5", "redis:7-alpine3.20",
        "busybox:1.28", "busybox:1.36.1-musl", "httpd:2.4", "httpd:2.4-alpine", "mysql:5.7", "mysql:8.0.36",
        "mysql:9", "postgres:16.4-bookworm", "postgres:9.6.24", "python:3.12-slim", "python:3.11.9-slim-bookworm",
        "node:20-alpine", "node:lts", "node:22.11.0", "alpine:3.20.3", "alpine:edge", "ubuntu:24.04",
        "ubuntu:jammy-20240111", "debian:12-slim", "debian:bookworm-slim", "debian:bookworm", "memcached:1.6-alpine",
        "mongo:7.0-jammy", "rabbitmq:3-management", "rabbitmq:3.13-management-alpine", "traefik:v3.1",
        "tomcat:10.1-jdk21", "wordpress:6.2.1-apache", "wordpress:php8.3-fpm", "perl:5.34.0", "golang:1.22",
        "registry.k8s.io/kube-apiserver:v1.36.2", "registry.k8s.io/kube-proxy:v1.36.0-rc.1",
        "registry.k8s.io/etcd:3.5.1-0", "registry.k8s.io/pause:3.10",
        "somebody/something:v3", "gcr.io/my-project/app:7", "ghcr.io/me/it:main", "shop.local/web:1.5",
    ],
)  # fmt: skip
def test_what_exists_can_be_pulled(image):
    assert is_available(reference_of(image))


@pytest.mark.parametrize(
    "image",
    [
        "nginx:1.161", "nginx:1.99", "nginx:2", "nginx:99", "nginx:1.14.99", "nginx:01.27", "nginx:latst",
        "nginx:nosuchtag", "nginx:nope", "nginx:1.27-", "nginx:1.27-alpin", "redis:9", "busybox:2",
        "python:4", "python:3.12-sllim", "ubuntu:22.4", "ubuntu:23", "alpine:latest-slim", "hello-world:2",
        "postgres:16.99", "mysql:8.9", "registry.k8s.io/kube-apiserver", "registry.k8s.io/kube-apiserver:v1.99.0",
        "registry.k8s.io/pause:9", "shop.local/web:does-not-exist", "shop.local/web:9.9", "nginx:v1.25",
        "redis:v7", "registry.k8s.io/kube-apiserver:1.36.0",
    ],
)  # fmt: skip
def test_a_tag_that_does_not_exist_is_not_found(image):
    reference = reference_of(image)

    assert not is_available(reference)
    assert pull_error(reference) == (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{reference.name}": '
        f'failed to resolve reference "{reference.name}": {reference.name}: not found'
    )


@pytest.mark.parametrize(
    "image", ["ngnix", "busyboxx:1.36", "myapp:v1", "docker.io/library/mine", "gcr.io/nosuch/x"]
)
def test_a_repository_that_does_not_exist_is_denied(image):
    reference = reference_of(image)

    assert not is_available(reference)
    assert pull_error(reference).endswith(
        f'failed to resolve reference "{reference.name}": pull access denied, repository does not '
        "exist or may require authorization: server message: insufficient_scope: authorization failed"
    )


def test_a_registry_that_does_not_exist_is_not_looked_up():
    reference = reference_of("registry.example.com/team/app:1.2")

    assert not is_available(reference)
    assert pull_error(reference).endswith("dial tcp: lookup registry.example.com: no such host")


@pytest.mark.parametrize("image", bundled_images())
def test_every_image_of_the_scenarios_and_examples_is_there(image):
    assert is_available(reference_of(image))


def test_every_well_known_official_image_is_named_and_has_tags():
    official = [name for name in PROFILES if name.startswith(OFFICIAL)]

    assert [name for name in official if name.removeprefix(OFFICIAL) not in OFFICIAL_NAMES] == []
    assert [name for name in official if name not in TAGS] == []


def test_the_failed_rollout_of_the_documentation_is_stuck_until_it_is_undone():
    lab = a_lab()
    typed(lab, "kubectl create deployment nginx --image=nginx:1.16.1 --replicas=3")
    typed(lab, "kubectl rollout status deployment nginx")
    typed(lab, "kubectl set image deploy/nginx nginx=nginx:1.161")

    stuck = typed(lab, "kubectl rollout status deploy/nginx --timeout=30s")
    pods = typed(lab, "kubectl get pods -l app=nginx").stdout
    told = typed(lab, "kubectl get events").stdout
    typed(lab, "kubectl rollout undo deploy/nginx")

    assert "timed out" in stuck.stderr
    assert pods.count("1/1     Running") == 3
    assert "ImagePullBackOff" in pods or "ErrImagePull" in pods
    name = "docker.io/library/nginx:1.161"
    assert f'failed to resolve reference "{name}": {name}: not found' in told
    assert "successfully rolled out" in typed(lab, "kubectl rollout status deploy/nginx").stdout
