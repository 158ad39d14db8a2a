"""The job that mends claims: the least set of changes that clears what a payer would deny."""
