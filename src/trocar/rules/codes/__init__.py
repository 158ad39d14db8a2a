"""Codes in force and payable on the day."""
