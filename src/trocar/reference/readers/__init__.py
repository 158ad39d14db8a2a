"""One reader per file family of the publishers; ``base`` says what a reader gets and gives."""
