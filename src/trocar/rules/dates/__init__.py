"""Dates of a claim."""
