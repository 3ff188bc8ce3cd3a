"""Options that several commands share.

In: nothing. Out: click decorators, and the corpus that they name. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from policyparse.cli.messages import say
from policyparse.vocabulary import Vocabulary

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def corpus_option(function: _Decorated) -> _Decorated:
    """--corpus DIR."""
    return click.option(
        "--corpus",
        "directory",
        type=click.Path(path_type=Path),
        default=Path("corpus"),
        show_default=True,
        envvar="POLICYPARSE_CORPUS",
        metavar=say("DIR", "目录"),
        help=say(
            "The corpus directory (or set POLICYPARSE_CORPUS).", "语料库目录（也可设环境变量 POLICYPARSE_CORPUS）。"
        ),
    )(function)


def vocab_option(function: _Decorated) -> _Decorated:
    """--vocab DIR."""
    return click.option(
        "--vocab",
        "vocab",
        type=click.Path(path_type=Path),
        metavar=say("DIR", "目录"),
        help=say("Your own vocabulary files, laid over the shipped ones.", "自己的词表目录，叠加在自带词表之上。"),
    )(function)


def json_option(function: _Decorated) -> _Decorated:
    """--json."""
    return click.option(
        "--json", "as_json", is_flag=True, help=say("JSON on standard output.", "在标准输出给出 JSON。")
    )(function)


def vocabulary(vocab: Path | None) -> Vocabulary | None:
    """The vocabulary of --vocab, None for the shipped one."""
    return Vocabulary(vocab) if vocab is not None else None
