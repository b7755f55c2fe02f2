"""Argon2id at about 100 ms on two cores; Django's default would starve a small machine at login time."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1
