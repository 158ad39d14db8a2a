"""What stands before the application, as plain ASGI: limits, headers, logs and counts."""
