"""What a web page is started with: which corpus, on which address, with which secret.

In: the options of `policyparse serve`. Out: Settings, read by every file of this room. Touches: nothing.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from policyparse.vocabulary import Vocabulary

#: Names under which this machine reaches itself.
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Settings:
    """corpus: the corpus directory, which need not be there yet.

    host, port:  where the page listens
    token:       what a visitor must know; None where only this machine can come
    import_root: the folder below which folders may be imported by name; None for none
    secret:      what the marks of forms are made with; a restart makes the forms that stand open stale
    upload_limit: bytes of one upload, all its files together
    readers:     threads that answer, each with its own open corpus
    """

    corpus: Path
    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = None
    import_root: Path | None = None
    vocabulary: Vocabulary | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    upload_limit: int = 512 * 1024 * 1024
    readers: int = 2

    @property
    def uploads(self) -> Path:
        """Where uploaded files are kept: inside the corpus, so that they travel with it."""
        return self.corpus / "uploads"

    def answers_to(self, name: str) -> bool:
        """Whether a request's Host names this page; a foreign name means that a foreign page made the browser ask.

        A page that listens on all addresses is asked by number or by this machine's own names: to rebind a name
        (DNS rebinding) an attacker needs a name of theirs.
        """
        name = name.lower().rstrip(".")
        if name in LOCAL_NAMES or name == self.host.lower():
            return True
        if is_local(self.host):
            return False
        return _is_number(name) or name in _own_names()


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    """This machine's names; asked once, since a network may take seconds to answer."""
    return frozenset((socket.gethostname().lower(), socket.getfqdn().lower()))


def is_local(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    if host in LOCAL_NAMES:
        return True
    return _is_number(host) and ipaddress.ip_address(host).is_loopback


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
