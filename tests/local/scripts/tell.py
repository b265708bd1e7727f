import sys

from things.steps import good

good()
assert sys.argv[1:] == ["--twice", "6"], sys.argv
print("told")
