"""One data set of many extracted files, laid out for questions: written, kept up and read."""
