"""Files that appear when they are whole, so that a failed export leaves what was there.

In: a path. Out: a path to write to. Touches: the file, and its folder if it is missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from policyparse.passing import PolicyparseError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; after the block what was written there stands under `path`, unless it failed.

    Raises PolicyparseError where the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as error:
        raise PolicyparseError(f"{path}: it cannot be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
