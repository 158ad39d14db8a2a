"""Payer benchmarks: what payers and hospitals publish that they pay, read into tables beside Medicare's amounts."""
