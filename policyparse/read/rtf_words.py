"""RTF's own vocabulary: code pages, signs, and which groups hold text (Rich Text Format Specification 1.9.1).

In: nothing. Out: tables. Touches nothing.
"""

from __future__ import annotations

import re

# \fcharsetN → codec (specification, “Font Table”)
CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
CODE_PAGES = {
    936: "gb18030", 950: "cp950", 932: "cp932", 949: "cp949", 65001: "utf-8", 10000: "mac_roman", 10008: "gb18030",
}  # fmt: skip
SIGNS = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"emspace": "\u2003", b"enspace": "\u2002",
    b"qmspace": "\u2005",
}  # fmt: skip
# Word's own heading styles, for a style that states no outline level
NAMED = re.compile(r"\s{0,4}(?:heading ([1-9])|title|标题(?: ([1-9]))?)\s{0,4};", re.IGNORECASE)
# Groups whose text is not the document's.
SKIPPED = frozenset(
    b"colortbl info pict objdata filetbl listtable listoverridetable rsidtbl generator revtbl themedata"
    b" colorschememapping latentstyles datastore xmlnstbl mmathPr fldinst bkmkstart bkmkend annotation atnid atnauthor"
    b" atntime atnref atrfstart atrfend shprslt sp sn sv nonshppict template userprops password passwordhash listlevel"
    b" pnseclvl tc txe xe rxe bxe background ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn formfield datafield objclass"
    b" objname".split()
)
RUNNING = frozenset(b"header headerl headerr headerf footer footerl footerr footerf".split())
# \*-groups that hold text all the same
STARRED = frozenset(b"shpinst shptxt ud listtext pntext fldrslt footnote".split())


def codec(name: str) -> str:
    """The codec's name, or that of Western text where Python has no such codec."""
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name
