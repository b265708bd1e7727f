"""Functions that were ZenML steps."""
