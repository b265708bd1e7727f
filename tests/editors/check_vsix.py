"""Checks the files of the packed extension: no source maps, no tests, no tokens.

    python tests/editors/check_vsix.py pipec.vsix
"""

import re
import sys
import zipfile

EXPECTED = {
    "extension.vsixmanifest",
    "[Content_Types].xml",
    "extension/changelog.md",
    "extension/LICENSE.txt",
    "extension/readme.md",
    "extension/language-configuration.json",
    "extension/package.json",
    "extension/dist/extension.js",
    "extension/snippets/pipe.json",
    "extension/syntaxes/markdown.tmLanguage.json",
    "extension/syntaxes/pipe.tmLanguage.json",
}
SECRETS = re.compile(rb"sourceMappingURL|dapi[0-9a-f]{32}|npm_[A-Za-z0-9]{36}|gh[pousr]_[A-Za-z0-9]{36}|_authToken")

with zipfile.ZipFile(sys.argv[1]) as packed:
    names = set(packed.namelist())
    wrong = [f"{name} is in it" for name in sorted(names - EXPECTED)]
    wrong += [f"{name} is missing" for name in sorted(EXPECTED - names)]
    for name in sorted(names):
        found = SECRETS.search(packed.read(name))
        if found:
            wrong.append(f"{name} holds {found.group()!r}")
if wrong:
    sys.exit("\n".join(wrong))
print(f"{len(names)} files in the extension, each of them expected")
