"""Names and hashes, in Kubernetes' own alphabet.

Sources: k8s.io/apimachinery/pkg/util/rand (SafeEncodeString, String) and
pkg/controller/controller_utils.go (ComputeHash). Random letters are keyed rolls here, so the same
lab gives the same names.
"""

import msgspec

from simulation.kernel.dice import Dice
from simulation.kube.objects.pod import PodTemplateSpec

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
SUFFIX_LENGTH = 5
HASH_LABEL = "pod-template-hash"
FNV_OFFSET = 0x811C9DC5
FNV_PRIME = 0x01000193

_ENCODER = msgspec.json.Encoder(order="deterministic")


def suffix(dice: Dice, parent: str, n: int) -> str:
    """Return the five letters of a parent's n-th generated name."""
    letters = (
        ALPHABET[dice.below(len(ALPHABET), "name suffix", parent, n, place)]
        for place in range(SUFFIX_LENGTH)
    )
    return "".join(letters)


def uid(dice: Dice, kind: str, namespace: str, name: str, incarnation: int) -> str:
    """Return a UUID (version 4 in form) for one life of one name."""
    key = (kind, namespace, name, incarnation)
    number = dice.roll("uid, upper half", *key) << 64 | dice.roll("uid, lower half", *key)
    number = number & ~(0xF << 76) | 4 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def safe_encode(text: str) -> str:
    """Map each character into the alphabet, as SafeEncodeString does."""
    return "".join(ALPHABET[ord(character) % len(ALPHABET)] for character in text)


def fnv1a(content: bytes) -> int:
    """Return the 32-bit FNV-1a hash."""
    value = FNV_OFFSET
    for byte in content:
        value = (value ^ byte) * FNV_PRIME & 0xFFFFFFFF
    return value


def pod_template_hash(template: PodTemplateSpec, collision_count: int = 0) -> str:
    """Return the hash that names a template's ReplicaSet; its own label does not count."""
    labels = {k: v for k, v in template.metadata.labels.items() if k != HASH_LABEL}
    metadata = msgspec.structs.replace(template.metadata, labels=labels)
    content = _ENCODER.encode(msgspec.structs.replace(template, metadata=metadata))
    if collision_count:
        content += str(collision_count).encode()
    return safe_encode(str(fnv1a(content)))
