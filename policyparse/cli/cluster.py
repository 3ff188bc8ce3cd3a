"""Options for more than one machine, and what they open: --scheduler (a Dask cluster), --store (an OpenSearch).

In: addresses. Out: Readers, a Store, or None where nothing was asked for. Touches: through cluster.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import click

from policyparse.batch import Parse, Readers
from policyparse.cli.messages import say
from policyparse.cli.tables import counted
from policyparse.cluster import Sent, Store, dask_readers

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def scheduler_option(function: _Decorated) -> _Decorated:
    """--scheduler tcp://host:port."""
    return click.option(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help=say(
            "Read on the workers of this Dask scheduler, instead of --workers here (extra: cluster).",
            "用这个 Dask 调度器的各工作机读取，代替本机 --workers（附加件 cluster）。",
        ),
    )(function)


def store_option(help_english: str, help_chinese: str) -> Callable[[_Decorated], _Decorated]:
    """--store opensearch://host:port/name."""
    return click.option(
        "--store",
        envvar="POLICYPARSE_STORE",
        metavar="opensearch://HOST:PORT/NAME",
        help=say(
            f"{help_english} (extra: cluster; or set POLICYPARSE_STORE).",
            f"{help_chinese}（附加件 cluster；也可设环境变量 POLICYPARSE_STORE）。",
        ),
    )


def readers_of(
    scheduler: str | None, parse: Parse, timeout: float | None, memory: int | None
) -> AbstractContextManager[Readers | None]:
    if scheduler is None:
        return nullcontext()
    return dask_readers(scheduler, parse, timeout=timeout, memory=memory)


def store_of(address: str | None) -> AbstractContextManager[Store | None]:
    return Store(address) if address is not None else nullcontext()


def sending_told(every: float = 5.0) -> Callable[[int, int], None]:
    """Says on standard error how far a sending is, every few seconds."""
    said = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > every:
            said = time.monotonic()
            click.echo(say(f"sent {done:,} of {total:,} documents", f"已送出 {done:,} / {total:,} 份"), err=True)

    return told


def sent_line(store: Store, sent: Sent) -> str:
    """What was sent, in a line."""
    return say(
        f"sent to {store.address}: {counted(sent.documents, 'document', '')}, {counted(sent.passages, 'passage', '')}"
        + (f"; taken out: {sent.removed}" if sent.removed else ""),
        f"已送往 {store.address}：文件 {sent.documents:,} 份、段落 {sent.passages:,} 处"
        + (f"；撤下 {sent.removed} 份" if sent.removed else ""),
    )
