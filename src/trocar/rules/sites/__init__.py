"""Place of service and what it pays."""
