"""Trains the dictionary with which a corpus packs the words of passages: policyparse/corpus/words.zdict.

    python corpora/build_dictionary.py NEW.zdict

From the clauses and samples of this folder, which were all written for the project. The file is part of the store's
format: what was packed with one can be opened with no other, so a new one comes with a migration, under a new name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import zstandard

HERE = Path(__file__).parent
_SIZE = 65_536
#: Characters of a piece: about what a block has.
_PIECE = 600


def texts() -> list[str]:
    found = []
    for path in sorted((HERE / "clauses").glob("*.jsonl")):
        found += [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    for path in sorted((HERE / "samples").glob("*.txt")):
        try:
            found.append(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:  # one is in GB 18030, one in UTF-16
            continue
    return found


def main() -> None:
    whole = "\n".join(texts())
    pieces = [whole[at : at + _PIECE].encode("utf-16-le") for at in range(0, len(whole), _PIECE)]
    Path(sys.argv[1]).write_bytes(zstandard.train_dictionary(_SIZE, pieces, level=19).as_bytes())


if __name__ == "__main__":
    main()
