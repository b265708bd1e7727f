"""Steps that were ZenML steps before."""
