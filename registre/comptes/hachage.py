"""Hachage des mots de passe : argon2id, coûts fixés (S6)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """argon2id, 19 MiB, deux passes, un fil : environ 25 ms."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
