"""Writes sentences.tsv: sentences of .NET's documentation, and the part of .NET that each is about.

python3 sentences.py /usr/share/dotnet/packs/Microsoft.NETCore.App.Ref/10.0.0/ref/net10.0
"""
import glob
import os
import re
import sys
import xml.etree.ElementTree as tree

AREAS = {
    "collections": "System.Collections*.xml",
    "cryptography": "System.Security.Cryptography.xml",
    "data": "System.Data.Common.xml",
    "diagnostics": "System.Diagnostics.*.xml",
    "files": "System.IO.*.xml",
    "network": "System.Net.*.xml",
    "reflection": "System.Reflection*.xml",
    "threads": "System.Threading*.xml",
}
FEWEST_WORDS, OF_EACH = 8, 280


def sentences(path):
    for member in tree.parse(path).iter("member"):
        summary = member.find("summary")
        if summary is None:
            continue
        # The names of types and members are elements, and would give the answer away: the words around them are kept.
        words = " ".join(filter(None, [summary.text, *(child.tail for child in summary)]))
        yield re.sub(r"\s+([.,;:)])(?=\s|$)", r"\1", " ".join(words.split()))


def main(folder):
    found = {}
    for area, pattern in AREAS.items():
        for path in sorted(glob.glob(os.path.join(folder, pattern))):
            for sentence in sentences(path):
                found.setdefault(sentence, set()).add(area)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "sentences.tsv"), "w", encoding="utf-8") as file:
        file.write("area\tsentence\n")
        for area in AREAS:
            # Evenly from all that are said of this area alone.
            own = [s for s, areas in found.items() if areas == {area} and len(s.split()) >= FEWEST_WORDS]
            for k in range(min(OF_EACH, len(own))):
                file.write(f"{area}\t{own[k * len(own) // min(OF_EACH, len(own))]}\n")


main(sys.argv[1])
