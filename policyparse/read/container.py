"""A zip container (docx, odt, ofd …) opened with a guard: nothing is unpacked before its size is known.

In: a file's bytes. Out: its parts as bytes or as parsed XML. Touches nothing: parts are never written to disk.

The standard library's zipfile, because every other reader of these formats stands on it; the guard is ours,
because it has none: a part is unpacked piece by piece and given up as soon as it passes what was promised.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from policyparse.passing import ReadError
from policyparse.read.limits import Limits
from policyparse.read.locked import AES, REMEDY, aes_member

# Below this an over-packed part does no harm, whatever its ratio (pages of spaces pack 1000:1).
_SMALL = 16 * 2**20


class Container:
    """The parts of a zip container, by name. Names compare without case and with either slash, as Office does."""

    def __init__(self, data: bytes, path: str, limits: Limits) -> None:
        """Raises ReadError: damaged, too-large."""
        self.path, self.limits = path, limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError) as error:
            raise ReadError(
                path, "damaged", "its end is missing or broken", "fetch it again, or let Word or WPS repair it"
            ) from error
        if len(infos) > limits.max_members:
            raise ReadError(path, "too-large", f"it holds {len(infos)} parts", "unpack it and look what it is")
        self._unpacked = 0
        self.infos = {_key(info.filename): info for info in infos}

    @property
    def names(self) -> list[str]:
        return [info.filename.replace("\\", "/").lstrip("/") for info in self.infos.values()]

    def __contains__(self, name: str) -> bool:
        return _key(name) in self.infos

    def read(self, name: str) -> bytes:
        """A part's bytes. Raises KeyError where it is absent; ReadError: damaged, encrypted, too-large."""
        info = self.infos[_key(name)]
        content = unpack(self._zip, info, self.path, self.limits, self._unpacked)
        self._unpacked += len(content)
        return content

    def xml(self, name: str) -> Any:
        """A part's root element, or None where the part is absent or empty. Raises ReadError as `parse_xml` does."""
        if name not in self:
            return None
        content = self.read(name)
        return parse_xml(content, self.path, self.limits) if content.strip() else None


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, limits: Limits, spent: int) -> bytes:
    """One member's bytes, never more than the limits leave after `spent`. Raises ReadError."""
    password = None
    if info.flag_bits & 1:
        if info.compress_type == AES and limits.passwords:
            archive, info = aes_member(archive, info, path)
        password = _password_of(archive, info, limits)
        if password is None:
            raise ReadError(path, "encrypted", "it is locked with a password", REMEDY)
    allowed = limits.max_unpacked - spent
    if info.file_size > _SMALL:
        allowed = min(allowed, max(_SMALL, info.compress_size * limits.max_ratio))
    if info.file_size > allowed:
        raise _bomb(path, info.filename)
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(info, pwd=password) as stream:
            while piece := stream.read(1 << 20):
                size += len(piece)
                if size > allowed:
                    raise _bomb(path, info.filename)
                pieces.append(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ReadError(
            path, "damaged", f"its part {info.filename} is broken", "fetch it again, or let Word or WPS repair it"
        ) from error
    return b"".join(pieces)


def _password_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes | None:
    """The password that opens a member; one byte tells most wrong ones, and the checksum of the whole the rest."""
    for password in limits.passwords:
        for codec in ("utf-8", "gb18030"):
            try:
                with archive.open(info, pwd=password.encode(codec)) as stream:
                    size = 0
                    while piece := stream.read(1 << 20):
                        size += len(piece)
                        if size > _SMALL:
                            break
                return password.encode(codec)
            except (RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
                continue
    return None


def parse_xml(content: bytes, path: str, limits: Limits) -> Any:
    """The root element of an XML part: no entities, no DTD, no network, nested at most as deep as libxml2 allows (256).

    A part that is not well-formed is read as far as it goes. Raises ReadError: damaged, too-large.
    """
    if len(content) > limits.max_xml:
        raise ReadError(path, "too-large", f"one part has {len(content) >> 20} MiB of XML", "split the document")
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_pis": True}
    try:
        return etree.fromstring(content, etree.XMLParser(**options))
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:
        root = etree.fromstring(content, etree.XMLParser(recover=True, **options))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(path, "damaged", "its text is not readable XML", "let Word or WPS repair it") from error
    if root is None:
        raise ReadError(path, "damaged", "its text is not readable XML", "let Word or WPS repair it")
    return root


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _bomb(path: str, member: str) -> ReadError:
    return ReadError(
        path, "too-large", f"its part {member} unpacks to far more than it should", "do not open it; ask who sent it"
    )
