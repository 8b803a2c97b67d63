"""What a killed process must not lose: labs, their journals, their checkpoints, their links.

The truth about who hosts a lab is its epoch: appending to a journal moves the head only for the
host that holds the present epoch, so a host that was presumed dead cannot write any more.
"""

import hashlib
import re
import secrets

from django.db import models
from django.utils import timezone

ADDRESS = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What an id of a lab and a secret are made of."""


def new_lab_id() -> str:
    """Return an address nobody guesses."""
    return secrets.token_urlsafe(12)


def new_secret() -> str:
    """Return the secret of a link."""
    return secrets.token_urlsafe(18)


class Lab(models.Model):
    """One lab: its genesis, how it is played, and who may write its journal."""

    id = models.CharField(primary_key=True, max_length=32, default=new_lab_id)
    seed = models.BigIntegerField()
    scenario = models.CharField(max_length=100)
    content = models.TextField()
    born_at = models.BigIntegerField()
    engine = models.IntegerField()
    state = models.IntegerField()
    epoch = models.IntegerField(default=0)
    head = models.IntegerField(default=0)
    """Sequence number of the latest journal row."""
    host = models.CharField(max_length=100, default="", blank=True)
    pace = models.JSONField(default=dict)
    reached = models.BigIntegerField(default=0)
    """The instant it was last known to have reached."""
    trouble = models.TextField(default="", blank=True)
    """Why it stands still; empty while it is well."""
    falls = models.JSONField(default=list)
    """Unix times at which a host died with it."""
    created_at = models.DateTimeField(auto_now_add=True)
    visited_on = models.DateField(default=timezone.localdate, db_index=True)
    """The last day on which somebody came; labs that nobody visits are forgotten."""

    class Meta:
        """No table name of its own."""

    def __str__(self) -> str:
        return self.id


class JournalEntry(models.Model):
    """A command that entered a lab, refused ones too."""

    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="journal")
    seq = models.IntegerField()
    at = models.BigIntegerField()
    command_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    """Who gave it: `link:` and the link's name, not the role; in old journals it may be a role."""
    command = models.JSONField()

    class Meta:
        """Each number and each command once."""

        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("lab", "seq"), name="journal_seq_once"),
            models.UniqueConstraint(fields=("lab", "command_id"), name="journal_command_once"),
        )

    def __str__(self) -> str:
        return f"{self.lab_id}#{self.seq}"


class Checkpoint(models.Model):
    """The state of a lab after a journal row."""

    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="checkpoints")
    seq = models.IntegerField()
    at = models.BigIntegerField()
    state = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        """The latest comes first."""

        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.lab_id}@{self.at}"


class Link(models.Model):
    """A secret that opens a lab in a role."""

    OWNER, OPERATOR, VIEWER = "owner", "operator", "viewer"
    ROLES = ((OWNER, "owner"), (OPERATOR, "operator"), (VIEWER, "viewer"))

    secret = models.CharField(primary_key=True, max_length=40, default=new_secret)
    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="links")
    role = models.CharField(max_length=10, choices=ROLES)

    @classmethod
    def find(cls, lab: str, secret: str) -> "Link | None":
        """Return the link that opens a lab, if the secret is right.

        A lab that was started over has another id, and the addresses with the old one stay good: the
        link that is found may be to another lab than was asked for.
        """
        # Postgres takes no NUL, and what is no address of ours need not be looked for.
        if not (ADDRESS.fullmatch(lab) and ADDRESS.fullmatch(secret)):
            return None
        return cls.objects.select_related("lab").filter(secret=secret).first()

    @property
    def actor(self) -> str:
        """Return who comes through this link, for journals: its own name, not the secret."""
        return f"link:{hashlib.sha256(self.secret.encode()).hexdigest()[:16]}"

    def __str__(self) -> str:
        return f"{self.role} of {self.lab_id}"
