"""Files from elsewhere, and files of our own: fetched by address, written whole or not at all."""
