"""Who bills."""
