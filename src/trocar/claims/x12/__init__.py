"""X12 005010 interchanges read as columns: claims, remittances and acknowledgments, with findings on the X12 itself."""
