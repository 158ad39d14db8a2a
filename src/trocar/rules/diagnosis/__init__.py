"""Diagnoses valid and billable on the day."""
