"""The ways in: thin layers that parse, call and render."""
