"""Image guidance beside, inside and instead of procedures."""
