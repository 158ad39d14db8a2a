"""Modifiers that the schedule does not allow or pay."""
