"""A zip archive → its members, as if they lay in a folder.

In: the archive's bytes or path. Out: (name, bytes) of each file in it, archives within it opened once more; of a file
that cannot be unpacked, (name, ReadError).
Touches nothing: members are never written to disk, so a name such as ../../x can only be a name.

The standard library's zipfile under the guard of `container.unpack`; ours are the Chinese names: Windows packers
write them in GBK without saying so, and zipfile reads them as CP437.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from policyparse.passing import ReadError
from policyparse.read.container import unpack
from policyparse.read.limits import Limits
from policyparse.read.locked import HOW_TO_INSTALL, REMEDY
from policyparse.read.sniff import sniff

_UTF8_FLAG = 0x800
# What Mac and Windows lay beside the files.
_LITTER = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


# What a member that cannot be unpacked is told to be, and what to do: code → reason, remedy
_FAULTS = {
    "encrypted": ("it is locked with a password", REMEDY),
    "needs-extra": ("it is locked with AES", HOW_TO_INSTALL),
    "damaged": ("it is broken inside its archive", "fetch the archive again"),
    "too-large": ("it unpacks to far more than it should", "do not open it; ask who sent it"),
}

Member = tuple[str, bytes | ReadError]


def members(source: bytes | Path | str, limits: Limits, path: str = "") -> Iterator[Member]:
    """The files of an archive, in the archive's order.

    source: the archive's bytes, or its path
    path:   its name for messages, where `source` is bytes
    Yields: (name, bytes). The name is relative, with "/" between folders and without "..": it is safe to show and to
    join to a folder. A member of an archive within is named inner.zip/name; deeper archives come out as they are.
    For a member that is encrypted, damaged or far too large a ReadError comes instead, and the others go on.
    Raises: ReadError: damaged, too-large (by all members together), not-found, no-permission.
    """
    if not isinstance(source, bytes):
        path = path or str(source)
        try:
            source = Path(source).read_bytes()
        except FileNotFoundError as error:
            raise ReadError(path, "not-found", "there is no such file", "check the path") from error
        except OSError as error:
            raise ReadError(path, "no-permission", "it may not be opened", "ask its owner") from error
    yield from _members(source, limits, path, limits.max_nesting, [0, 0])


def _members(data: bytes, limits: Limits, path: str, nesting: int, spent: list[int]) -> Iterator[Member]:
    """`spent`: bytes and members of the archive and all archives within it so far."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise ReadError(path, "damaged", "the archive's end is missing or broken", "fetch it again") from error
    for info in infos:
        name = member_name(info)
        if info.is_dir() or not name or name.startswith("__MACOSX/") or name.rpartition("/")[2].lower() in _LITTER:
            continue
        spent[1] += 1
        if spent[1] > limits.max_members:
            raise ReadError(path, "too-large", f"it holds more than {limits.max_members} files", "split it")
        whole = f"{path}/{name}"
        if info.file_size > limits.max_unpacked - spent[0]:
            raise ReadError(path, "too-large", f"it unpacks to more than {limits.max_unpacked >> 20} MiB", "split it")
        try:
            content = unpack(archive, info, whole, limits, spent[0])
        except ReadError as error:
            yield name, ReadError(whole, error.code, *_FAULTS[error.code])
            continue
        spent[0] += len(content)
        if nesting > 0 and sniff(content, name) == "zip":
            try:
                for inner, inner_content in _members(content, limits, whole, nesting - 1, spent):
                    yield f"{name}/{inner}", inner_content
            except ReadError as error:
                if error.code != "damaged":
                    raise  # the limits are the whole archive's
                yield name, error
        else:
            yield name, content


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name as its packer meant it: UTF-8 or GBK where the archive does not say, folders by "/", no "..".

    An Info-ZIP Unicode path (extra field 0x7075) is believed first.
    """
    name = _unicode_path(info.extra)
    if name is None:
        name = info.filename
        if not info.flag_bits & _UTF8_FLAG:
            try:
                raw = name.encode("cp437")
            except UnicodeEncodeError:
                raw = b""
            for codec in ("utf-8", "gb18030"):
                try:
                    name = raw.decode(codec) if raw else name
                    break
                except UnicodeDecodeError:
                    continue
    parts = name.replace("\\", "/").replace("\x00", "").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))


def _unicode_path(extra: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == 0x7075 and size > 5:
            try:
                return extra[at + 9 : at + 4 + size].decode("utf-8")
            except UnicodeDecodeError:
                return None
        at += 4 + size
    return None
