"""How fast each format is read, beside other readers that install without a model.

In: folders or files (without arguments ../shared/corpus). Out: a row a format and reader: files read, characters,
megabytes, characters and (of PDF and OFD) pages a second, peak memory. Touches nothing. Peers (markitdown, pypdfium2 alone) only where they are
installed: `pip install 'markitdown[docx,xlsx,pdf]'`. Each reader of a format runs in a process of its own.

Pages that are pictures stay unread unless --ocr is given: at seconds a page they would be all that the row shows.

Usage: python tests/benchmarks/formats_speed.py [--suffix pdf] [--ocr] [PATH …]
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import multiprocessing.connection
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
_PEERS = {"markitdown": ("docx", "xlsx", "xls", "html", "pdf"), "pypdfium2": ("pdf",)}


def ours(ocr: bool) -> Callable[[Path], str]:
    import policyparse.read.ocr
    from policyparse.read import read

    if not ocr:
        policyparse.read.ocr.available = lambda: False
    return lambda path: "\n".join(block.text for block in read(path).blocks)


def markitdown() -> Callable[[Path], str]:
    from markitdown import MarkItDown

    reader = MarkItDown()
    return lambda path: reader.convert(str(path)).text_content


def pypdfium2() -> Callable[[Path], str]:
    import pypdfium2 as pdfium

    def read(path: Path) -> str:
        with pdfium.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)

    return read


def pages_of(path: Path) -> int:
    """How many pages a file has; 0 where its format has none."""
    try:
        if path.suffix.lower() == ".pdf":
            import pypdfium2 as pdfium

            with pdfium.PdfDocument(path) as document:
                return len(document)
        if path.suffix.lower() == ".ofd":
            with zipfile.ZipFile(path) as archive:
                return sum(name.endswith("Content.xml") and "/Page" in name for name in archive.namelist())
    except Exception:
        pass  # whether it can be read is what the readers are asked
    return 0


def work(
    make: Callable[[], Callable[[Path], str]],
    files: list[tuple[Path, int]],
    pipe: multiprocessing.connection.Connection,
) -> None:
    read = make()
    count = characters = size = pages = 0
    begun = time.perf_counter()
    for path, number in files:
        try:
            text = read(path)
        except Exception:
            continue
        if text.strip():
            count += 1
            characters += len(text)
            size += path.stat().st_size
            pages += number
    seconds = time.perf_counter() - begun
    pipe.send((count, characters, size, pages, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, default=[_CORPUS])
    parser.add_argument("--suffix", help="only this one, without the dot")
    parser.add_argument("--ocr", action="store_true", help="read pages that are pictures too")
    options = parser.parse_args()
    by_suffix: dict[str, list[tuple[Path, int]]] = {}
    for path in options.paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and options.suffix in (None, file.suffix.lstrip(".")):
                by_suffix.setdefault(file.suffix.lower().lstrip("."), []).append((file, pages_of(file)))
    context = multiprocessing.get_context("spawn")
    print("| format | reader | files | with text | characters | seconds | MB/s | pages/s | characters/s | peak MiB |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for suffix, files in sorted(by_suffix.items()):
        readers: list[tuple[str, Callable[[], Callable[[Path], str]]]] = [("policyparse", partial(ours, options.ocr))]
        for name, make in (("markitdown", markitdown), ("pypdfium2", pypdfium2)):
            if suffix in _PEERS[name] and importlib.util.find_spec(name):
                readers.append((name, make))
        for name, make in readers:
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=work, args=(make, files, there))
            process.start()
            there.close()
            try:
                count, characters, size, pages, seconds, peak = here.recv()
            except EOFError:
                print(f"| {suffix} | {name} | {len(files)} | crashed | | | | | | |")
                continue
            finally:
                process.join()
            print(
                f"| {suffix} | {name} | {len(files)} | {count} | {characters:,} | {seconds:.1f} | {size / 1e6 / seconds:.2f} "
                f"| {f'{pages / seconds:.1f}' if pages else ''} | {characters / seconds:,.0f} | {peak:.0f} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
