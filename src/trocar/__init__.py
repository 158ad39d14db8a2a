"""Trocar: a linter for medical claims with a statute book behind it."""
