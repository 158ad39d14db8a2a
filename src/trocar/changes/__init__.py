"""The job of change: what differs from one release to another, and which past claims it touches."""
