"""Look-ups: everything known of a code, and of codes against each other, on a day."""
