"""EUC-TW bytes → text, because no Python codec and no library we keep reads it.

In: bytes. Out: text. Touches nothing.

EUC-TW is CNS 11643: two bytes a character for plane 1, four (0x8E, plane, two bytes) for the others. Planes 1
and 2 hold the characters of Big5 in nearly the same order, so the tables below are only the runs in which the
order agrees (derived from glibc's iconv, which they match on both planes but for one variant, 彝 for 彞, and the
radicals and control pictures of rows 0x27 and 0x42) and the signs of plane 1. Planes 3 to 15, rare characters that Big5 has not, become U+FFFD.
"""

from __future__ import annotations

import re
from functools import cache

_ROW = 94
_FIRST_HANZI_ROW = 0x44 - 0x21
# (index among Big5's characters, how many follow in order), for CNS positions from row 0x44 (plane 1), 0x21 (plane 2)
_PLANE_1 = (
    (0, 1412), (1413, 424), (1412, 1), (1837, 1876), (4100, 1), (3713, 387), (4101, 525), (4815, 1), (4626, 189),
    (4816, 84), (5046, 1), (4900, 54), (4955, 1), (4954, 1), (4956, 90), (5047, 354),
)  # fmt: skip
_PLANE_2 = (
    (0, 10), (11, 33), (92, 1), (44, 48), (93, 46), (306, 1), (139, 167), (307, 1840), (2794, 1), (2148, 108),
    (2257, 537), (2147, 1), (2795, 100), (2256, 1), (2895, 399), (3295, 1637), (5481, 1), (4932, 146), (5619, 1),
    (5078, 287), (6228, 1), (5365, 116), (5482, 137), (5620, 104), (6145, 1), (5724, 222), (5947, 198), (6146, 82),
    (6229, 86), (5946, 1), (6315, 8), (6324, 153), (6478, 56), (6834, 1), (6534, 113), (6323, 1), (6647, 142),
    (6477, 1), (6789, 45), (6835, 71), (7100, 1), (6906, 194), (7101, 490), (7634, 1), (7591, 43), (7635, 1),
    (7637, 11), (7636, 1), (7648, 4),
)  # fmt: skip
_SIGNS = (  # rows 0x21–0x26 of plane 1; a space is an empty place
    "　，、。．・；：？！︰…‥﹐﹑﹒·﹔﹕﹖﹗︱—︲–    （）︵︶｛｝︷︸〔〕︹︺【】︻︼《》︽︾〈"
    "〉︿﹀「」﹁﹂『』﹃﹄﹙﹚﹛﹜﹝﹞‘’“”〝〞′‵＃＆＊※§〃○●△▲◎☆★◇◆□■▽▼",
    "㊣℅‾ ＿ ﹉﹊﹍﹎﹋﹌﹟﹠﹡＋－×÷±√＜＞＝≦≧≠∞≒≡﹢﹣﹤﹦﹥∼∩∪⊥∠∟⊿㏒㏑∫∮∵∴♀♂"
    "♁☉↑↓→←↖↗↙↘‖｜／＼∕﹨＄￥〒￠￡％＠℃℉﹩﹪﹫㏕㎜㎝㎞㏎㎡㎎㎏㏄°兙兛兞兝兡兣",
    "嗧瓩糎▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯═╞╪╡◢◣◥◤╱╲╳",
    "０１２３４５６７８９ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ〡〢〣〤〥〦〧〨〩 卄 ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲ"
    "ＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚΑΒΓΔΕΖΗΘΙΚ",
    "ΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐ"
    "ㄑㄒㄓㄔㄕㄖㄗㄘㄙㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦㄧㄨㄩ˙ˉˊˇˋ",
    "①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ",
)  # fmt: skip
_UNKNOWN = "\ufffd"
_TOKEN = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2}|.", re.DOTALL)


def decode_euctw(data: bytes) -> str:
    """The text of `data`; a byte that is no EUC-TW and a character beyond planes 1 and 2 become U+FFFD each."""
    one, two = planes()
    out = []
    for match in _TOKEN.finditer(data):
        token = match.group()
        if token[0] < 0x80:
            out.append(token.decode("ascii"))
        elif len(token) == 1 or (len(token) == 4 and token[1] > 0xA2):
            out.append(_UNKNOWN)
        else:
            plane = two if len(token) == 4 and token[1] == 0xA2 else one
            out.append(plane[(token[-2] - 0xA1) * _ROW + token[-1] - 0xA1])
    return "".join(out)


@cache
def planes() -> tuple[str, str]:
    """CNS 11643 planes 1 and 2, row by row, 94 places a row; U+FFFD where a place is empty."""
    signs = "".join(row.replace(" ", _UNKNOWN).ljust(_ROW, _UNKNOWN) for row in _SIGNS)
    one = signs.ljust(_FIRST_HANZI_ROW * _ROW, _UNKNOWN) + _in_order(_big5(0xA440, 0xC67E), _PLANE_1)
    return one.ljust(_ROW * _ROW, _UNKNOWN), _in_order(_big5(0xC940, 0xF9D5), _PLANE_2).ljust(_ROW * _ROW, _UNKNOWN)


def _in_order(characters: str, runs: tuple[tuple[int, int], ...]) -> str:
    return "".join(characters[start : start + length] for start, length in runs)


def _big5(first: int, last: int) -> str:
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    codes = (lead << 8 | trail for lead in range(first >> 8, (last >> 8) + 1) for trail in trails)
    return b"".join(code.to_bytes(2, "big") for code in codes if first <= code <= last).decode("big5")
