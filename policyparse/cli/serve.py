"""The command serve: the web page for a corpus, on this machine unless told otherwise.

In: a corpus, an address. Out: one line that says where the page is; then the page, until Ctrl-C.
Touches: through web; a listening socket.
"""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import click

from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, vocab_option, vocabulary
from policyparse.passing import PolicyparseError

#: A token of one's own choosing has at least so many characters; one that is made here has 32.
_TOKEN_LEAST = 16


@click.command(
    "serve",
    cls=Command,
    short_help=say("The corpus as a web page.", "用浏览器看语料库。"),
    help=say(
        "Show the corpus as a web page: search, documents, precedents, comparison, imports. Only this machine can open "
        "it; with --host others can too, who need the token that is printed (or set POLICYPARSE_TOKEN). Nothing is "
        "loaded from elsewhere. Ctrl-C ends it.",
        "用浏览器使用语料库：检索、文件、先例、比较、导入。缺省只有本机能打开；用 --host 可让别的机器打开，"
        "对方需要启动时印出的口令（也可设环境变量 POLICYPARSE_TOKEN）。页面不联网。按 Ctrl-C 结束。",
    ),
    examples=[
        ("policyparse serve --corpus pilots", say("then open the address that is printed", "然后打开印出的网址")),
        ("policyparse serve --corpus pilots --import-root /data/notices", say("folders below it can be imported", "可导入其下的文件夹")),
        ("policyparse serve --corpus pilots --host 0.0.0.0", say("for the office, with a token", "供全单位使用，凭口令")),
    ],
)  # fmt: skip
@corpus_option
@click.option("--host", default="127.0.0.1", show_default=True, help=say("Where to listen.", "监听的地址。"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help=say("The port; 0 takes any that is free.", "端口；0 表示任一空闲端口。"),
)
@click.option(
    "--import-root",
    type=click.Path(path_type=Path, file_okay=False),
    metavar=say("DIR", "目录"),
    help=say(
        "The folder below which the page may import folders.",
        "允许从页面导入的文件夹都须在此目录之下；不给则只能上传。",
    ),
)
@vocab_option
def serve_command(directory: Path, host: str, port: int, import_root: Path | None, vocab: Path | None) -> int:
    # not above, so that the other commands need not load a web server
    import uvicorn

    from policyparse.web import Settings, create_app, is_local

    if import_root is not None and not import_root.is_dir():
        raise PolicyparseError(
            say(f"{import_root}: there is no such folder", f"{import_root}：没有这个文件夹") + " (--import-root)"
        )
    words = vocabulary(vocab)
    token = None if is_local(host) else _token()
    with _listening(host, port) as listening:
        port = listening.getsockname()[1]
        settings = Settings(
            directory.absolute(), host=host, port=port, token=token, import_root=import_root, vocabulary=words
        )
        app = create_app(settings)
        click.echo(say("The page: ", "页面：") + _address(host, port, token))
        click.echo(say("Ctrl-C ends it.", "按 Ctrl-C 结束。"))
        # no access log: addresses hold what people look for, and once the token
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5
        )
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
            uvicorn.Server(config).run(sockets=[listening])
    return 0


def _token() -> str:
    given = os.environ.get("POLICYPARSE_TOKEN", "")
    if given and len(given) < _TOKEN_LEAST:
        raise PolicyparseError(
            say(
                f"POLICYPARSE_TOKEN has fewer than {_TOKEN_LEAST} characters — choose a longer one",
                f"POLICYPARSE_TOKEN 不足 {_TOKEN_LEAST} 个字符——请换一个长些的",
            )
        )
    return given or secrets.token_urlsafe(24)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(100)  # who comes before the page is ready waits for it
    except OSError as error:
        reason = error.strerror or str(error)
        raise PolicyparseError(
            say(
                f"{host}:{port}: cannot listen there ({reason}) — choose another with --port or --host",
                f"{host}:{port}：无法监听（{reason}）——请用 --port 或 --host 另选",
            )
        ) from None
    return listening


def _address(host: str, port: int, token: str | None) -> str:
    """The address to open; for a page that listens everywhere, by this machine's name."""
    name = socket.gethostname() if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={quote(token, safe='')}" if token else "")
