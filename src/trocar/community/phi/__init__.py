"""The gate that a note must pass: own detectors and word lists, no model, nothing from the network."""
