"""The case: claims in every format become one Arrow table (``table.CLAIM_SCHEMA``)."""
