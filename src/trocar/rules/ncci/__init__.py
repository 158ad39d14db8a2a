"""Correct Coding Initiative: pairs of codes."""
