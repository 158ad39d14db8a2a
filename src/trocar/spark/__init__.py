"""Claims on a Spark cluster: Spark deals patients out to its workers, and each runs the kernel of one machine."""
