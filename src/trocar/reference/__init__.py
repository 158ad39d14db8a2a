"""The evidence: the publishers' files read, checked against each other and kept with file and line."""
