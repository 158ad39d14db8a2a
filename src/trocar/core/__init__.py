"""The words every layer shares: pure Python, no input or output, no third-party import."""
