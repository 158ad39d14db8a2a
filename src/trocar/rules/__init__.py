"""The claim checks: one module and one TOML of examples per rule."""
