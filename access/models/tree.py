"""The log's tree as the app may read it; the sequencer writes it with a login of its own."""

from __future__ import annotations

from django.db import models


class Tree(models.Model):
    """How far the tree has come: `size` entries in tiles, `announced` of them under a published head."""

    one = models.BooleanField(primary_key=True, default=True)
    size = models.BigIntegerField()
    announced = models.BigIntegerField()
    announced_at = models.DateTimeField(null=True)
    min_index = models.BigIntegerField()
    keys = models.TextField()
    codes = models.TextField()

    class Meta:
        managed = False
        db_table = 'querylog"."tree'

    def __str__(self) -> str:
        return f"tree of {self.size}"


class Checkpoint(models.Model):
    """A signed head of the tree: size, root and note."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    made_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = 'querylog"."checkpoint'

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Cosignature(models.Model):
    """What one witness said of a checkpoint: its signature line, with the time it saw it."""

    pk = models.CompositePrimaryKey("size", "witness")
    size = models.BigIntegerField()
    witness = models.TextField()
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = 'querylog"."cosignature'

    def __str__(self) -> str:
        return f"{self.witness} on {self.size}"


class RollRow(models.Model):
    """A roll that stands in the log: how many entries each operator had below index `upto`."""

    upto = models.BigIntegerField(primary_key=True)
    leaf = models.BigIntegerField()
    people = models.IntegerField()
    root = models.BinaryField()
    taken_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = 'querylog"."roll'

    def __str__(self) -> str:
        return f"roll below {self.upto}"


class Hourly(models.Model):
    """How many entries of one kind an operator has in one hour; counted beside the log, by the sequencer."""

    pk = models.CompositePrimaryKey("hour", "actor", "unit", "act", "purpose", "outcome", "channel")
    hour = models.DateTimeField()
    actor = models.UUIDField()
    unit = models.TextField()
    act = models.TextField()
    purpose = models.TextField()
    outcome = models.TextField()
    channel = models.TextField()
    count = models.BigIntegerField()
    shown = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = 'querylog"."hourly'

    def __str__(self) -> str:
        return f"{self.count} at {self.hour:%Y-%m-%d %H}"


class Feed(models.Model):
    """How far the log was handed on to somebody who listens to all of it."""

    name = models.CharField(max_length=20, primary_key=True)
    next_index = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} from {self.next_index}"
