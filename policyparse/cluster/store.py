"""An OpenSearch that holds a corpus: the connection, its indices, and the aliases under which they are found.

In: the address of a store (opensearch://host:port/name). Out: requests answered, or one plain sentence.
Touches: the network. opensearch-py is loaded when a store is opened, not before.

An index is called NAME-clauses-20261125T163000, its alias NAME-clauses. What is filled anew is filled under a new name, and
the aliases move to it all at once, so that whoever searches finds the old corpus until the new one is whole.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from policyparse.cluster.mapping import FIELDS_VERSION, KINDS, index_body
from policyparse.passing import PolicyparseError

#: Seconds for one request: a bulk of ten megabytes, or a search over millions of clauses, on a busy machine.
_PATIENCE = 60.0

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_SCHEMES = {"opensearch": False, "opensearch+tls": True}
_FORM = "opensearch://host:9200/name, or opensearch+tls://user:password@host/name"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is: host, port, and the name of the corpus in it."""

    host: str
    port: int
    name: str
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, address: str) -> Address:
        """Raises PolicyparseError, in which no password stands."""
        parts = urlsplit(address)
        name = parts.path.strip("/")
        try:
            port = parts.port or (443 if parts.scheme == "opensearch+tls" else 9200)
        except ValueError:
            port = 0
        if parts.scheme not in _SCHEMES or not parts.hostname or not port or parts.query or parts.fragment:
            raise PolicyparseError(f"--store: no address of an OpenSearch — write it as {_FORM}")
        if not _NAME.fullmatch(name):
            raise PolicyparseError(
                f"--store: {name or 'nothing'} is no name for a corpus — a to z, digits, - and _, as in {_FORM}"
            )
        user, password = parts.username, parts.password
        return cls(
            parts.hostname, port, name, _SCHEMES[parts.scheme],
            unquote(user) if user else None, unquote(password) if password else None,
        )  # fmt: skip

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"opensearch{'+tls' if self.tls else ''}://{host}:{self.port}/{self.name}"


class Store:
    """An open connection. Use as a context manager.

    Raises PolicyparseError when the extra is not installed or nothing answers.
    """

    def __init__(self, address: str) -> None:
        self.address = Address.of(address)
        try:
            import opensearchpy
        except ImportError:
            raise PolicyparseError(
                "--store needs opensearch-py, which is not installed — pip install 'policyparse[cluster]'"
            ) from None
        self._library: Any = opensearchpy
        # what it would warn of is said in a sentence; a program that has set up its logging gets it all the same
        logging.getLogger("opensearch").addHandler(logging.NullHandler())
        where = self.address
        self.client: Any = opensearchpy.OpenSearch(
            hosts=[{"host": where.host, "port": where.port}],
            http_auth=(where.user, where.password or "") if where.user else None,
            use_ssl=where.tls, http_compress=True, timeout=_PATIENCE, max_retries=3, retry_on_timeout=True,
        )  # fmt: skip
        with self.said():
            self.client.info()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    def alias(self, kind: str) -> str:
        return f"{self.address.name}-{kind}"

    @contextmanager
    def said(self) -> Iterator[None]:
        """Failures of the connection and refusals as one sentence."""
        errors = self._library.exceptions
        try:
            yield
        except errors.ConnectionTimeout:
            raise PolicyparseError(f"{self.address}: no answer in {_PATIENCE:.0f} seconds — try again later") from None
        except errors.SSLError:
            raise PolicyparseError(
                f"{self.address}: its certificate is not one that this machine trusts — have it installed"
            ) from None
        except errors.ConnectionError:
            raise PolicyparseError(
                f"{self.address}: no OpenSearch answers there — check host and port, and that it is running"
            ) from None
        except (errors.AuthenticationException, errors.AuthorizationException):
            raise PolicyparseError(
                f"{self.address}: it does not let this user in — put user and password into the address "
                "(POLICYPARSE_STORE keeps it out of the command line)"
            ) from None
        except errors.TransportError as error:
            raise PolicyparseError(f"{self.address}: OpenSearch refused ({reason_of(error)})") from None

    # -- indices ---------------------------------------------------------------------------------------------------

    def meta(self) -> dict[str, Any] | None:
        """What the indices say of themselves: fields, corpus, reached, words; None where one of them is missing."""
        found: dict[str, Any] = {}
        with self.said():
            for kind in KINDS:
                try:
                    answer = self.client.indices.get_mapping(index=self.alias(kind))
                except self._library.exceptions.NotFoundError:
                    return None
                for index in answer.values():
                    found = {**found, **index["mappings"].get("_meta", {}).get("policyparse", {})}
        return found

    def need(self) -> dict[str, Any]:
        """What the indices say of themselves. Raises PolicyparseError where there is no corpus, or one whose fields are others."""
        meta = self.meta()
        if meta is None:
            raise PolicyparseError(
                f"{self.address}: no corpus here — put one in with: policyparse import FILES --store {self.address}"
            )
        if meta.get("fields") != FIELDS_VERSION:
            raise PolicyparseError(
                f"{self.address}: this corpus was put here by policyparse {meta.get('made_by', '?')}, whose fields are "
                f"others — run: policyparse reindex --store {self.address}"
            )
        return meta

    def create(self, meta: dict[str, Any]) -> dict[str, str]:
        """Makes new, empty indices; kind → name. Nobody finds them before `publish`."""
        stamp = datetime.now(UTC).strftime("%Y%m%dt%H%M%S%f")[:-3]
        names = {kind: f"{self.alias(kind)}-{stamp}" for kind in KINDS}
        with self.said():
            nodes = self.client.cluster.health()["number_of_data_nodes"]
            for kind, name in names.items():
                self.client.indices.create(index=name, body=index_body(kind, min(1, nodes - 1), meta))
        return names

    def publish(self, names: dict[str, str]) -> None:
        """Moves the aliases to the indices `names`, in one step, and takes away those that they had."""
        with self.said():
            old = self.indices()
            actions: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in old - set(names.values())]
            actions += [{"add": {"index": name, "alias": self.alias(kind)}} for kind, name in names.items()]
            self.client.indices.update_aliases(body={"actions": actions})

    def indices(self) -> set[str]:
        """The names of all indices of this corpus, those of a filling that was broken off among them."""
        ours = re.compile(rf"{re.escape(self.address.name)}-(?:{'|'.join(KINDS)})-\d{{8}}t\d{{9}}")
        with self.said():
            found = self.client.indices.get(index=f"{self.address.name}-*", expand_wildcards="all")
        return {name for name in found if ours.fullmatch(name)}

    def note(self, index: str, meta: dict[str, Any]) -> None:
        """Writes down what an index is to say of itself."""
        with self.said():
            self.client.indices.put_mapping(index=index, body={"_meta": {"policyparse": meta}})


def reason_of(error: Any) -> str:
    """What OpenSearch says of a request that it refused, in a line."""
    info = error.info if isinstance(getattr(error, "info", None), dict) else {}
    cause = info.get("error", {})
    if isinstance(cause, dict):
        root = (cause.get("root_cause") or [cause])[0]
        cause = root.get("reason") or root.get("type")
    return " ".join(str(cause or getattr(error, "error", error)).split())[:200]
