"""What registries have: which images can be pulled, and what is said of those that cannot.

The official images of Docker Hub are a closed list of names, and the tags of the well-known ones
follow patterns (ranges of versions, words, variants), so a name or a tag that was mistyped is not
found. Anybody may have an image of their own under a name with a user or at another registry;
those are there unless they say themselves that they are not.
"""

import re

from simulation.kernel.records import Record
from simulation.kube.images import PROFILES, Reference

REGISTRIES = (
    "docker.io",
    "registry.k8s.io",
    "quay.io",
    "gcr.io",
    "ghcr.io",
    "mcr.microsoft.com",
    "public.ecr.aws",
    "us-docker.pkg.dev",
    "shop.local",
)
MISSING_WORDS = (
    "broken", "nope", "does-not-exist", "doesnotexist", "invalid", "missing", "typo", "no-such", "nosuch"
)  # fmt: skip
"""A tag or name that says so itself is not in any registry."""

SHOP = "shop.local"
SHOP_TAGS = ("latest", "1", "1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "2", "2.0")
"""The lab's own registry has these versions of the shop's programs, and nothing else."""

OFFICIAL = "docker.io/library/"
_OFFICIAL = """
    adminer aerospike almalinux alpine amazoncorretto amazonlinux api-firewall arangodb archlinux
    backdrop bash bonita buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux
    clefos clickhouse clojure composer consul convertigo couchbase couchdb crate dart debian docker
    drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang fedora flink
    fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe
    hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi jetty joomla
    jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo
    maven mediawiki memcached mongo mongo-express monica mysql nats nats-streaming neo4j neurodebian
    nextcloud nginx node notary odoo open-liberty openjdk oraclelinux orientdb percona perl photon
    php phpmyadmin plone postfixadmin postgres pypy python r-base rabbitmq rakudo-star redis redmine
    registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa silverpeas sl solr
    sonarqube spark spiped storm swarm swift swipl teamspeak telegraf thrift tomcat tomee traefik
    ubuntu unit valkey varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper
"""
OFFICIAL_NAMES = frozenset(_OFFICIAL.split())
"""hub.docker.com/_/NAME."""


class Tags(Record):
    """Which tags a repository has: versions or words, each with a variant or without."""

    versions: str = ""
    """MAJOR, MAJOR:MINORS or MAJOR:MINORS:LAST_PATCH, where MAJOR and MINORS are a number or a
    range; several are separated by blanks."""
    words: str = "latest"
    variants: str = ""
    """A pattern of what may follow after a hyphen, or stand alone."""
    v: str = ""
    """What versions begin with: nothing, `v`, or `v?` if both are there."""


ALPINE = r"alpine(?:3\.\d{1,2})?"
DEBIAN = "jessie|stretch|buster|bullseye|bookworm|trixie"
USUAL = f"{ALPINE}|{DEBIAN}"
SLIM = f"slim|{ALPINE}|(?:slim-)?(?:{DEBIAN})|(?:{DEBIAN})-slim"
WEB = f"(?:{USUAL})(?:-(?:slim|perl|otel))?|perl|otel"
RELEASE = r"(?:alpha|beta|rc)\.\d"

CONTROL_PLANE = Tags("1:9-36:15", "", RELEASE, "v")
NGINX = Tags("1:7-31:15", "latest stable mainline", WEB)

TAGS: dict[str, Tags] = {
    "docker.io/library/nginx": NGINX,
    "docker.io/nginxinc/nginx-unprivileged": NGINX,
    "docker.io/library/httpd": Tags("2:2:34 2:4:66", "latest", USUAL),
    "docker.io/library/redis": Tags("2-3:0-8:24 4-5:0:14 6:0-2:21 7:0-4:15 8:0-6:9", "latest", USUAL),
    "docker.io/library/postgres": Tags(
        "8-9:0-6:26 10-13:0-23 14-15:0-22 16:0-13 17:0-9 18:0-4", "latest", USUAL
    ),
    "docker.io/library/mysql": Tags(
        "5:5-7:62 8:0-4:46 9:0-7:3", "latest lts innovation", r"debian|oracle|oraclelinux\d"
    ),
    "docker.io/library/mongo": Tags(
        "2:2-6:12 3:0-7:23 4:0-4:30 5:0-3:32 6:0-3:27 7:0-3:30 8:0-2:20", "latest",
        "xenial|bionic|focal|jammy|noble",
    ),
    "docker.io/library/memcached": Tags("1:4-6:42", "latest", USUAL),
    "docker.io/library/rabbitmq": Tags(
        "3:0-13:36 4:0-2:12", "latest management", "management|alpine|management-alpine"
    ),
    "docker.io/library/tomcat": Tags(
        "6-7:0:109 8:0-5:100 9:0:115 10:0-1:55 11:0:25", "latest", r"(?:jdk|jre)\d{1,2}(?:-[a-z0-9-]+)?"
    ),
    "docker.io/library/wordpress": Tags(
        "3-4:0-9:30 5:0-9:13 6:0-9:9", "latest cli",
        r"(?:cli-)?(?:php\d\.\d)?-?(?:apache|fpm|fpm-alpine)?(?<!-)",
    ),
    "docker.io/library/busybox": Tags("1:21-37:5", "latest stable unstable", "glibc|musl|uclibc"),
    "docker.io/library/bash": Tags("3:0-2:57 4:0-4:48 5:0-3:37", "latest devel", ALPINE),
    "docker.io/library/alpine": Tags("2:6-7 3:1-23:12", "latest edge"),
    "docker.io/library/ubuntu": Tags(
        "",
        "latest rolling devel 14.04 16.04 18.04 20.04 22.04 23.04 23.10 24.04 24.10 25.04 25.10 26.04 "
        "trusty xenial bionic focal jammy noble oracular plucky questing resolute",
        r"\d{8}(?:\.\d)?",
    ),
    "docker.io/library/debian": Tags(
        "7-8:0-11 9-10:0-13 11:0-11 12:0-13 13:0-6",
        "latest stable oldstable testing unstable sid experimental",
        rf"slim|backports|\d{{8}}(?:-slim)?|(?:{DEBIAN})(?:-slim|-backports|-\d{{8}}(?:-slim)?)?",
    ),
    "docker.io/library/python": Tags("2:7:18 3:2-14:25", "latest", SLIM),
    "docker.io/library/node": Tags(
        "0:8-12:48 4-25:0-23:20",
        "latest lts current argon boron carbon dubnium erbium fermium gallium hydrogen iron jod krypton",
        SLIM,
    ),
    "docker.io/library/perl": Tags("5:14-42:4", "latest stable devel", f"threaded|{SLIM}"),
    "docker.io/library/hello-world": Tags("", "latest linux"),
    "docker.io/library/traefik": Tags("1:0-7:34 2:0-11:34 3:0-7:20", "latest", "alpine", "v?"),
    "registry.k8s.io/pause": Tags("0:8:0 1-2:0 3:0-10:1", "latest"),
    "registry.k8s.io/etcd": Tags("2:0-3:8 3:0-6:30", "", r"\d"),
    "registry.k8s.io/kube-apiserver": CONTROL_PLANE,
    "registry.k8s.io/kube-controller-manager": CONTROL_PLANE,
    "registry.k8s.io/kube-scheduler": CONTROL_PLANE,
    "registry.k8s.io/kube-proxy": CONTROL_PLANE,
    "registry.k8s.io/coredns/coredns": Tags("1:6-14:4", "", "", "v"),
    "registry.k8s.io/metrics-server/metrics-server": Tags("0:3-8:7", "", "", "v"),
    "registry.k8s.io/ingress-nginx/controller": Tags("0:34-51:3 1:0-15:12", "", "chroot", "v?"),
    "registry.k8s.io/e2e-test-images/agnhost": Tags("2:0-63:1", "latest"),
    "registry.k8s.io/hpa-example": Tags("", "latest"),
    "registry.k8s.io/echoserver": Tags("1:0-10", "latest"),
    "registry.k8s.io/nginx-slim": Tags("0:1-27", "latest"),
    "registry.k8s.io/busybox": Tags("1:24-29:4", "latest"),
}  # fmt: skip
"""As they were at the time of v1.36; a patch release more or less is not told apart."""

NUMBER = r"(0|[1-9]\d{0,3})"
VERSION = re.compile(rf"^(?P<v>v?){NUMBER}(?:\.{NUMBER})?(?:\.{NUMBER})?(?:-(?P<variant>.+))?$")


def is_available(reference: Reference) -> bool:
    """Tell whether a registry has the image."""
    if reference.registry not in REGISTRIES:
        return False
    if any(word in f"{reference.path}:{reference.tag}".lower() for word in MISSING_WORDS):
        return False
    if not _is_repository(reference):
        return False
    if reference.registry == SHOP:
        return bool(reference.digest) or reference.tag in SHOP_TAGS
    tags = TAGS.get(f"{reference.registry}/{reference.path}")
    return tags is None or not reference.tag or _has(tags, reference.tag)


def _is_repository(reference: Reference) -> bool:
    name = f"{reference.registry}/{reference.path}"
    if reference.registry == SHOP:
        return name in PROFILES
    return not name.startswith(OFFICIAL) or name.removeprefix(OFFICIAL) in OFFICIAL_NAMES


def _has(tags: Tags, tag: str) -> bool:
    """Tell whether a tag is a version, a word or a variant of a repository."""
    if tags.variants and re.fullmatch(tags.variants, tag):
        return True
    found = VERSION.match(tag)
    if (
        found is not None
        and re.fullmatch(tags.v, found["v"])
        and any(_is_in(line, found) for line in tags.versions.split())
    ):
        variant = found["variant"]
    else:
        word, _, rest = tag.partition("-")
        if word not in tags.words.split():
            return False
        variant = rest or None
    return variant is None or bool(tags.variants and re.fullmatch(tags.variants, variant))


def _is_in(line: str, version: re.Match[str]) -> bool:
    """Tell whether a line of versions, as MAJOR:MINORS:LAST_PATCH, holds one."""
    majors, _, rest = line.partition(":")
    minors, _, last_patch = rest.partition(":")
    major, minor, patch = version[2], version[3], version[4]
    if not _is_between(int(major), majors):
        return False
    if minor is not None and not (minors and _is_between(int(minor), minors)):
        return False
    return patch is None or (last_patch != "" and int(patch) <= int(last_patch))


def _is_between(number: int, span: str) -> bool:
    first, _, last = span.partition("-")
    return int(first) <= number <= int(last or first)


def pull_error(reference: Reference) -> str:
    """Return what a container runtime says when an image cannot be pulled."""
    name = reference.name
    prefix = f'failed to pull and unpack image "{name}": failed to resolve reference "{name}": '
    if reference.registry not in REGISTRIES:
        detail = (
            f'failed to do request: Head "https://{reference.registry}/v2/{reference.path}/'
            f'manifests/{reference.tag}": dial tcp: lookup {reference.registry}: no such host'
        )
        return f"rpc error: code = Unknown desc = {prefix}{detail}"
    if not _is_repository(reference) or any(word in reference.path for word in MISSING_WORDS):
        return (
            f"rpc error: code = Unknown desc = {prefix}pull access denied, repository does not "
            "exist or may require authorization: server message: insufficient_scope: "
            "authorization failed"
        )
    return f"rpc error: code = NotFound desc = {prefix}{name}: not found"
