"""The engine: one vectorised, claim-local kernel over a compiled, memory-mapped reference pack."""
