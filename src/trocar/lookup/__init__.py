"""Looking things up: everything known of one code on a day, every edit between some codes."""
