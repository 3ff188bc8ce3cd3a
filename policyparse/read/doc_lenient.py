"""msdoc2docx made to pass over the single broken property that it would refuse a whole .doc for.

In: nothing. Out: `lenient()`, a context in which `doc2docx.convert` skips formatting that it cannot read. Touches
doc2docx's own functions for that while, under a lock.

Why: the converter is strict (542 places where it gives up), and LibreOffice and old WPS write odd padding, negative
frame heights and headers' text boxes without a shape. Text, lists and tables are whole in such files; without this they
would be read as bare text. Only used after a plain conversion failed. Names that a later doc2docx has not are left.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from doc2docx.errors import Doc2DocxError

_LOCK = threading.Lock()
_READERS = ("formatting", "styles", "numbering", "sections", "pieces", "sprm")
# The converter's readers of what may be left out → what stands for nothing there.
_OPTIONAL: dict[str, tuple[Any, ...]] = {
    "read_header_textboxes": ("TextBoxCollection", {}),
    "read_shape_anchors": ("dict",),
    "read_main_floating_pictures": ("FloatingPictureCollection",),
    "read_header_floating_pictures": ("FloatingPictureCollection",),
    "read_main_floating_shapes": ("FloatingShapeCollection",),
    "read_header_floating_shapes": ("FloatingShapeCollection",),
    "read_inline_pictures": ("InlinePictureCollection",),
    "read_embedded_objects": ("EmbeddedObjectCollection",),
    "read_comments": ("CommentCollection",),
    "read_footnotes": ("FootnoteCollection",),
    "read_endnotes": ("EndnoteCollection",),
}
_BROKEN = (Doc2DocxError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError)


@contextmanager
def lenient() -> Iterator[None]:
    """Within this context a broken property costs itself, not the document."""
    wrappers: dict[str, Callable[[Any], Any]] = {
        "parse_grpprl": _as_far_as_it_goes,
        "apply_paragraph_modifiers": _one_by_one,
        "apply_character_modifiers": _one_by_one,
    }
    with _LOCK:
        changed: list[tuple[Any, str, Any]] = []
        try:
            for name in _READERS:
                try:
                    module = importlib.import_module(f"doc2docx.msdoc.{name}")
                except ImportError:
                    continue
                for function in wrappers:
                    if hasattr(module, function):
                        changed.append((module, function, getattr(module, function)))
            converter = importlib.import_module("doc2docx.converter")
            changed += [(converter, name, getattr(converter, name)) for name in _OPTIONAL if hasattr(converter, name)]
            for module, function, original in changed:
                wrap = wrappers.get(function)
                setattr(module, function, wrap(original) if wrap else _or_nothing(original, *_OPTIONAL[function]))
            yield
        finally:
            for module, function, original in changed:
                setattr(module, function, original)


def _as_far_as_it_goes(parse: Any) -> Any:
    """A list of properties that breaks off is read up to its last whole property."""

    def parse_grpprl(data: bytes, **options: Any) -> Any:
        try:
            return parse(data, **options)
        except _BROKEN:
            # whether a prefix parses is not monotonous, so step back byte by byte; lists are below 512 bytes
            for end in range(len(data) - 1, max(0, len(data) - 512), -1):
                try:
                    return parse(data[:end], **options)
                except _BROKEN:
                    continue
            return ()

    return parse_grpprl


def _one_by_one(apply: Any) -> Any:
    """Properties are applied together, or where that fails, each alone and the broken ones not at all."""

    def apply_modifiers(modifiers: Any, **options: Any) -> Any:
        try:
            return apply(modifiers, **options)
        except _BROKEN:
            result = apply((), **options)
            unsupported: set[int] = set()
            for modifier in modifiers:
                try:
                    result = apply((modifier,), **{**options, "initial_properties": result[0]})
                    unsupported |= result[1]
                except _BROKEN:
                    continue
            return (result[0], unsupported, *result[2:])

    return apply_modifiers


def _or_nothing(read: Any, kind: str, *arguments: Any) -> Any:
    """A part that is no text, or stands beside it, is left out where it cannot be read."""

    def read_or_nothing(*args: Any, **options: Any) -> Any:
        try:
            return read(*args, **options)
        except _BROKEN:
            make = getattr(sys.modules[read.__module__], kind, None) or dict
            return make(*arguments)

    return read_or_nothing
