"""Units of service."""
