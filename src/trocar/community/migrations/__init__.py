"""Migrations of the tables of denial reports."""
