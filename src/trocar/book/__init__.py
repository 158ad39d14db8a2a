"""The job for books of claims larger than memory: partition, check or price in processes, merge, sum up."""
