import os

__version__ = "3.2.1"
