"""The checks of X12 by SNIP type: one module per type, each from a piece of a file to findings."""
