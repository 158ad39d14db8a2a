"""The parts of ``examples/generate_claims.py``: a synthetic claim book, clean but for errors planted on purpose."""
