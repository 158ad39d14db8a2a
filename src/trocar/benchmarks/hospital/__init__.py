"""Hospital machine-readable files of standard charges: read by cell or path, judged by the published rules."""
