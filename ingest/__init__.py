"""Bytes in, claims and citations out: reading what the world hands over."""
