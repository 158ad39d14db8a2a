"""Thin doors: parse, call, render."""
