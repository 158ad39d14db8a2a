"""The HTTP door: the application, its API under ``/api/v1``, and what stands before both."""
