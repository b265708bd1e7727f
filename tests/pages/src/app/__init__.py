"""A package for the programs on the error pages."""
