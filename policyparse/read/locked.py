"""A file under a password → the same without, where one of the passwords given opens it.

In: bytes, passwords. Out: bytes. Touches nothing.

PDFs with pypdfium2, which reads them anyhow; Word and Excel files (.docx, .xlsx, .doc, .xls) with msoffcrypto-tool, where
the extra `passwords` is installed: it is the one library that knows all of Office's ways of locking. Members of zip
archives are unlocked by `container.unpack`: the old ZipCrypto with the standard library, AES (what 7-Zip, WinRAR and
Bandizip write) with pyzipper of the same extra.
"""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from weakref import WeakKeyDictionary

from policyparse.passing import ReadError

HOW_TO_INSTALL = "install the extra for locked files: pip install 'policyparse[passwords]'"

#: What to do with a file that none of the passwords opens.
REMEDY = "write its password into a file and run: policyparse import --retry encrypted --password-file FILE"

#: zipfile's compress_type of a member under AES; how it is packed stands in an extra field.
AES = 99

#: Archives once more, as pyzipper reads them, and their members by where they stand in the file.
_AES_ARCHIVES: WeakKeyDictionary[zipfile.ZipFile, tuple[Any, dict[int, zipfile.ZipInfo]]] = WeakKeyDictionary()


def aes_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> tuple[Any, zipfile.ZipInfo]:
    """The archive and its member as pyzipper reads them: it opens what zipfile cannot, in the same way.

    Raises ReadError: needs-extra, damaged.
    """
    if archive not in _AES_ARCHIVES:
        if importlib.util.find_spec("pyzipper") is None:
            raise ReadError(path, "needs-extra", "it is locked with AES", HOW_TO_INSTALL)
        import pyzipper

        try:
            opened = pyzipper.AESZipFile(archive.fp)
            _AES_ARCHIVES[archive] = opened, {each.header_offset: each for each in opened.infolist()}
        except Exception as error:  # of a broken extra field it says struct.error, IndexError and others
            raise ReadError(path, "damaged", "what it says of its lock is broken", "fetch it again") from error
    opened, members = _AES_ARCHIVES[archive]
    return opened, members[info.header_offset]


def unlocked(data: bytes, kind: str, path: str, passwords: Sequence[str]) -> bytes:
    """The file without its lock; as it is where it has none, or where no password fits.

    Raises ReadError: needs-extra.
    """
    if kind == "pdf":
        return _pdf(data, passwords)
    if kind in ("encrypted", "doc", "xls"):
        return _office(data, kind, path, passwords)
    return data


def _pdf(data: bytes, passwords: Sequence[str]) -> bytes:
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        pypdfium2.PdfDocument(data).close()
        return data
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) not in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            return data
    for password in passwords:
        try:
            with closing(pypdfium2.PdfDocument(data, password=password)) as document:
                copy = io.BytesIO()
                document.save(copy, flags=pdfium.FPDF_REMOVE_SECURITY)
                return copy.getvalue()
        except pypdfium2.PdfiumError:
            continue
    return data


def _office(data: bytes, kind: str, path: str, passwords: Sequence[str]) -> bytes:
    if importlib.util.find_spec("msoffcrypto") is None:
        if kind == "encrypted":
            raise ReadError(path, "needs-extra", "it is locked with a password", HOW_TO_INSTALL)
        return data
    import msoffcrypto

    try:
        file: Any = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not file.is_encrypted():
            return data
    except Exception:  # whatever it says of a broken file, its reader will say it too
        return data
    for password in passwords:
        copy = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(data))
            file.load_key(password=password)
            file.decrypt(copy)
        except Exception:  # a wrong password is told by many kinds of exception
            continue
        return copy.getvalue()
    return data
