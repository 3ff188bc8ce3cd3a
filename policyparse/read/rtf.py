"""Rich Text Format (also the RTF inside many a .doc) → blocks.

In: the file's bytes. Out: `Reading`. Touches nothing; pictures and embedded objects are skipped unread.

Ours, because no library that can be installed keeps Chinese text, tables and numbers together: striprtf flattens
tables and misreads GBK pairs, pyth has been dead since Python 2. RTF stores each automatic number beside its paragraph
(\\listtext), so the words come as Word showed them. Rules: Rich Text Format Specification 1.9.1.

Origins: `paragraph` counts the paragraphs outside tables from 0; `table` the tables.
"""

from __future__ import annotations

import re

from policyparse.passing import Block, ReadError
from policyparse.read.limits import Limits
from policyparse.read.reading import Reading
from policyparse.read.rtf_story import Story
from policyparse.read.rtf_words import CHARSETS, CODE_PAGES, NAMED, RUNNING, SIGNS, SKIPPED, STARRED, codec

_TOKEN = re.compile(
    rb"((?:\\'[0-9a-fA-F]{2})+)"  # 1 bytes of the code page
    rb"|\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?"  # 2, 3 a control word and its number
    rb"|([{}])"  # 4
    rb"|\\([^a-zA-Z])"  # 5 a control sign
    rb"|([^\\{}\r\n]+)"  # 6 text
)
# \u20108\'3f\u12289?: a run of Unicode characters, each with one stand-in (\uc1), as every Chinese RTF has them
_UNICODE_RUN = re.compile(rb"(?:\\u-?[0-9]{1,6} ?(?:\\'[0-9a-fA-F]{2}|\?))+")
_NUMBERS = re.compile(rb"u(-?[0-9]{1,6})")
_BRACE = re.compile(rb"[{}]|\\(?:bin([0-9]{1,9}) ?|.)", re.DOTALL)
_MAX_GROUPS = 2_000


class _State:
    """What a brace opens and its fellow closes."""

    __slots__ = ("asian", "deleted", "font", "hidden", "skip", "story", "table", "target")

    def __init__(self, story: Story) -> None:
        self.story = story
        self.font: int | None = None
        self.asian: int | None = None  # the font of \dbch text
        self.hidden = self.deleted = False
        self.skip = 1  # \uc
        self.target = ""  # "" text, "fonts", "styles", "label", "note", "running", "box"
        self.table = False

    def copy(self) -> _State:
        other = _State(self.story)
        other.font, other.asian, other.hidden, other.deleted = self.font, self.asian, self.hidden, self.deleted
        other.skip, other.target = self.skip, self.target
        return other


def read_rtf(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged."""
    start = data.find(b"{\\rtf")
    if start < 0:
        raise ReadError(path, "damaged", "it is no RTF", "open it in Word or WPS and save it as .docx")
    parser = _Parser(path, limits)
    parser.run(data, start)
    return parser.reading()


class _Parser:
    def __init__(self, path: str, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.body = Story(limits.max_cells)
        self.notes: list[Story] = []
        self.running: list[Story] = []
        self.state = _State(self.body)
        self.stack: list[_State] = []
        self.code_page = "cp1252"
        self.named_page = False
        self.charsets: dict[int, str] = {}
        self.styles: dict[int, int] = {}
        self.style_now = self.font_now = 0
        self.raw = bytearray()
        self.words: list[str] = []
        self.to_skip = 0
        self.changes = False

    # Tokens ------------------------------------------------------------------------------------------------------

    def run(self, data: bytes, at: int) -> None:
        end, match_at, depth = len(data), _TOKEN.match, 0
        opened = False  # right after "{" or "{\*"
        starred = False
        while at < end:
            if data.startswith(b"\\u", at) and self.state.skip == 1 and not self.to_skip:
                unicode_run = _UNICODE_RUN.match(data, at)
                if unicode_run:
                    self._say("".join([chr(int(code) % 0x10000) for code in _NUMBERS.findall(unicode_run.group())]))
                    at = unicode_run.end()
                    opened = starred = False
                    continue
            token = match_at(data, at)
            if token is None:
                at += 1
                continue
            at = token.end()
            kind = token.lastindex
            if kind == 1:
                self._bytes(
                    bytes.fromhex(token.group(1).replace(b"\\'", b"").decode("ascii")), token.group(1).count(b"'")
                )
            elif kind == 6:
                text = token.group(6)
                self._bytes(text, len(text))
            elif kind == 4:
                if token.group(4) == b"{":
                    self._flush()
                    depth += 1
                    if depth > _MAX_GROUPS:
                        raise ReadError(
                            self.path, "damaged", "its parts are nested too deeply", "save it again in Word"
                        )
                    self.stack.append(self.state)
                    self.state = self.state.copy()
                    opened, starred, self.to_skip = True, False, 0
                    continue
                self._flush()
                self.to_skip = 0
                if not self.stack:
                    break
                self._close()
                depth -= 1
                if not depth:
                    break
            elif kind == 5:
                sign = token.group(5)
                if sign == b"*" and opened:
                    starred = True
                    continue
                self._sign(sign)
            else:
                word, number = token.group(2), token.group(3)
                if word == b"bin":
                    at += max(0, int(number or 0))
                elif opened and (word in SKIPPED or (starred and word not in STARRED)):
                    at = _group_end(data, at)
                    self._flush()
                    self.state = self.stack.pop()
                    depth -= 1
                else:
                    self._word(word, int(number) if number else None, opened)
            opened = starred = False
        self._flush()

    def _bytes(self, content: bytes, count: int) -> None:
        if self.to_skip:
            dropped = min(self.to_skip, count)
            self.to_skip -= dropped
            content = content[dropped:]
        if content:
            if self.words:
                self._flush()
            self.raw += content

    def _sign(self, sign: bytes) -> None:
        if self.to_skip:
            self.to_skip -= 1
            return
        if sign in b"\\{}":
            self.raw += sign
        elif sign == b"~":
            self._say("\u00a0")
        elif sign == b"_":
            self._say("-")
        elif sign in b"\r\n":
            self._paragraph_end()

    def _say(self, text: str) -> None:
        if self.raw:
            self._flush()
        self.words.append(text)

    def _flush(self) -> None:
        """Hand the characters gathered so far to where they belong."""
        if self.raw:
            self.words.insert(0, self._decode(bytes(self.raw)))
            self.raw.clear()
        if not self.words:
            return
        text = "".join(self.words)
        self.words.clear()
        state = self.state
        if state.target == "fonts":
            return
        if state.target == "styles":
            if self.style_now not in self.styles and (named := NAMED.match(text)):
                self.styles[self.style_now] = int(named.group(1) or named.group(2) or 0)
            return
        if state.deleted:
            self.changes = True
        elif not state.hidden:
            if any("\ud800" <= character <= "\udfff" for character in text):
                text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if state.target == "label":
                state.story.label += text
            else:
                state.story.say(text)

    def _decode(self, content: bytes) -> str:
        if content.isascii():
            return content.decode("ascii").replace("\x00", "")
        font = self.state.asian if self.state.asian is not None else self.state.font
        codec = self.charsets.get(font if font is not None else -1, self.code_page)
        # Chinese Word writes GBK also under a Latin font: the code page is then right, where the bytes allow it
        for attempt in (codec, self.code_page, "gb18030"):
            try:
                return content.decode(attempt)
            except (UnicodeDecodeError, LookupError):
                continue
        return content.decode(self.code_page, "replace")

    # Control words -----------------------------------------------------------------------------------------------

    def _word(self, word: bytes, number: int | None, opened: bool) -> None:
        if word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self.to_skip = self.state.skip
            return
        if self.to_skip:
            self.to_skip -= 1
            return
        if word in SIGNS:
            self._say(SIGNS[word])
            return
        self._flush()
        state = self.state
        if word in (b"par", b"sect"):
            self._paragraph_end()
        elif word == b"page" or word == b"column":
            self._say("\n")
        elif word == b"uc":
            state.skip = max(0, min(number or 0, 100)) if number is not None else 1
        elif word in (b"f", b"af", b"deff", b"dbch", b"loch", b"hich", b"fcharset", b"ansicpg", b"mac", b"pca", b"cpg"):
            self._font(word, number)
        elif word in (b"v", b"webhidden"):
            state.hidden = number != 0 if word == b"v" else state.hidden
        elif word == b"deleted":
            state.deleted = number != 0
        elif word == b"revised":
            self.changes = True
        elif word == b"plain":
            state.hidden = state.deleted = False
        elif word in (b"s", b"outlinelevel"):
            self._style(word, number)
        elif opened and self._destination(word):
            return
        else:
            state.story.control(word, number)

    def _paragraph_end(self) -> None:
        self._flush()
        if self.state.deleted:  # a deleted mark lets the next paragraph run on
            self.changes = True
        elif self.state.target in ("", "note", "running", "box"):
            self.state.story.end_paragraph()

    def _font(self, word: bytes, number: int | None) -> None:
        state = self.state
        if word == b"ansicpg" and number is not None:
            self.code_page = codec(CODE_PAGES.get(number, f"cp{number}"))
            self.named_page = True
        elif word == b"mac":
            self.code_page = "mac_roman"
        elif word == b"f" and number is not None:
            state.font, state.asian = number, None
            self.font_now = number
        elif word == b"fcharset" and number is not None:
            if number in CHARSETS:
                self.charsets[self.font_now] = CHARSETS[number]
        elif word in (b"loch", b"hich"):
            state.asian = None
        elif word == b"dbch":
            state.asian = state.font
        elif word == b"af" and number is not None and state.asian is not None:
            state.asian = number

    def _style(self, word: bytes, number: int | None) -> None:
        if number is None:
            return
        if self.state.target == "styles":
            if word == b"s":
                self.style_now = number
            elif 0 <= number <= 8:
                self.styles[self.style_now] = number + 1
        elif word == b"s":
            self.state.story.heading = self.styles.get(number)
        else:
            self.state.story.heading = number + 1 if 0 <= number <= 8 else None

    def _destination(self, word: bytes) -> bool:
        state = self.state
        if word == b"fonttbl":
            state.target = "fonts"
        elif word == b"stylesheet":
            state.target = "styles"
        elif word in (b"listtext", b"pntext"):
            state.target = "label"
            state.story.label = ""
        elif word == b"footnote":
            state.story = Story(self.limits.max_cells)
            state.story.paragraphs = self.body.paragraphs
            state.target = "note"
            self.notes.append(state.story)
        elif word in RUNNING:
            state.story = Story(self.limits.max_cells)
            state.target = "running"
            self.running.append(state.story)
        elif word == b"shptxt":
            anchor = state.story
            state.story = Story(self.limits.max_cells)
            state.story.paragraphs = anchor.paragraphs
            state.target = "box"
            anchor.boxes.append(state.story)
        elif word == b"upr":
            # {\upr{ansi}{\*\ud{unicode}}}: the same text twice; the second is the better
            state.target = "fonts"
        elif word == b"ud":
            state.target = self.stack[-2].target if len(self.stack) > 1 else ""
        else:
            return False
        return True

    def _close(self) -> None:
        self.state = self.stack.pop()

    # Result ------------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        blocks = self.body.finish()
        for note in self.notes:
            blocks += note.finish(aside=True)
        furniture = [
            Block(block.text, kind="furniture")
            for story in self.running
            for block in story.finish()
            if block.text.strip()
        ]
        warnings: tuple[str, ...] = ()
        if self.changes:
            warnings = ("tracked changes are read as accepted: insertions kept, deletions left out",)
        return Reading(tuple(blocks + furniture), {}, warnings, self.code_page if self.named_page else None)


def _group_end(data: bytes, at: int) -> int:
    """The place after the brace that closes the group in which `at` stands."""
    depth = 1
    end = len(data)
    while at < end:
        found = _BRACE.search(data, at)
        if found is None:
            return end
        at = found.end()
        sign = found.group()
        if sign == b"{":
            depth += 1
        elif sign == b"}":
            depth -= 1
            if not depth:
                return at
        elif found.group(1):
            at += int(found.group(1))
    return end
