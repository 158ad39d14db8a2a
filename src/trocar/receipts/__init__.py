"""The job of proof: an answer with all it rests on in one file, and the same answer made again elsewhere."""
