"""What every worker needs, loaded once in the process that they are forked from: readers, vocabulary, model.

In: nothing. Out: nothing. Touches: reads the package's own files.

A worker is then there in hundredths of a second instead of seconds, and all share one copy in memory. A file that
cannot be loaded is no matter here: the worker that needs it will say so.
"""

from __future__ import annotations

import gc
from contextlib import suppress

from policyparse.passing import PolicyparseError

with suppress(PolicyparseError, ImportError, OSError):
    from policyparse import pipeline
    from policyparse.read import docx, html, pdf, text  # noqa: F401  the usual ones

    list(pipeline.parse_all("warm.txt", "关于试点工作的通知\n一、下放权限。将有关权限下放到镇。\n".encode()))
gc.collect()
gc.freeze()  # so that a collection in a child does not copy what it shares with the others
