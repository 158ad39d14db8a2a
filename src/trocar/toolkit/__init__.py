"""The Revenue Protection Toolkit: what is known of some codes, and the appeal of a finding, as documents to print."""
