"""``python -m trocar``."""

from trocar.entrypoints.cli import main

main()
