"""A web page saved as one file (.mht, and many a .doc made by a web office) → blocks, through the html reader.

In: the file's bytes. Out: `Reading`. Touches nothing.

The standard library's email parser, because the format is a mail message; only its first HTML part is read.
"""

from __future__ import annotations

import contextlib
import email
import email.policy

from policyparse.passing import ReadError
from policyparse.read.limits import Limits
from policyparse.read.reading import Reading


def read_mhtml(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged, no-text, and what the html reader raises."""
    from policyparse.read.html import read_html

    message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
    for number, part in enumerate(message.walk()):
        if number > limits.max_members:
            break
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                charset = part.get_content_charset()
                if charset and b"charset" not in content[:4096].lower():
                    with contextlib.suppress(LookupError, UnicodeDecodeError):
                        content = content.decode(charset).encode("utf-8")
                return read_html(content, path, limits)
    raise ReadError(path, "no-text", "there is no page in it", "open it in a browser and save it as .html")
