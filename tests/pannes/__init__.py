"""Registre under faults: real servers, a real database file, real signals, the real clock."""
