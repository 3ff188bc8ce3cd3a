"""The grammar of institution names: where a name ends, how far left it reaches.

In: a text (what is no text — titles, 《…》, document numbers — blanked out), where its places end, a Lexicon.
Out: Candidates in order, none overlapping. Touches nothing.

A name is read from its last word (its head) to the left: function words (财政), then a place or a level
(佛山市, 市); a branch goes on through the organ that it belongs to (…局石龙分局). Linear: a head looks left at
most MAX_NAME characters.
"""

from __future__ import annotations

from policyparse.extract.institutions_candidate import LEVELS, MAX_NAME, SECTIONS, ZONE, Candidate
from policyparse.extract.institutions_events import event_start
from policyparse.extract.institutions_lexicon import Head
from policyparse.extract.institutions_surroundings import LEVEL_LAST, Surroundings

_CONJUNCTIONS = "和与及暨"
_CLOSED = ("closed", "strict", "branch")
_PARENTS = ("body", "closed", "strict", "group", "branch", "name", "open", "company")
# What a fixed name may hang on (县委|组织部), and what hangs on any organ (公安局|党委).
_OWNERS = ("委", "党委", "党工委", "工委", "政府", "人民政府", "国务院", "管委会")
_ATTACHED = ("党委", "党组", "机关党委", "工会", "团委", "纪委", "党工委", "党校")
# A zone's own name without its 开发区: 松山湖, 广元国际铁路港.
_MAX_ZONE = 7
# An organ's own name in its own documents, before one of its sections
_OWN = ("局", "厅", "委")


class Walker(Surroundings):
    """Finds the candidates of one text."""

    def candidates(self) -> list[Candidate]:
        for match in self.lexicon.head_ends.finditer(self.text):
            candidate = self._reading(match.end())
            if candidate is not None:
                self._add(candidate)
        return self.found

    def _reading(self, end: int) -> Candidate | None:
        """The longest name that ends at `end`, read with each head that ends there: 统计局, or 发展规划和统计|局.

        A kind is the last that is tried: 卫生院 alone is a class, so it is no 卫生|院 either. A word that only
        looks like a head (格局) shuts out shorter ones, unless a function word reaches across it (价|格|局).
        """
        text, lexicon = self.text, self.lexicon
        best: Candidate | None = None
        shut = end
        for size in lexicon.head_words.sizes[text[end - 1]]:
            word = text[max(0, end - size) : end]
            if word not in lexicon.head_words.words:
                continue
            start = end - len(word)
            verb = lexicon.boundaries.ending_at(text, end) if size == 1 else 0
            if verb > 1 and lexicon.functions.ending_at(text, start) < verb:
                continue  # 严肃查处 holds no 处, but 督查|处 and 公开|办 do
            last = False
            for head in lexicon.heads[word]:
                if head.sort == "none":
                    shut = min(shut, start)
                    continue
                last = last or head.sort not in ("name", "body")
                if head.stop is not None and head.stop.match(text, end):
                    continue
                if shut < end and start - lexicon.functions.ending_at(text, start) >= shut:
                    return best
                candidate = self._name(head, start, end)
                if candidate is None:
                    continue
                if best is None or (candidate.start < best.start and (candidate.prefix_sort or not best.prefix_sort)):
                    best = candidate
            if last:
                break
        return best

    def _add(self, candidate: Candidate) -> None:
        """Longest name wins: what it covers goes."""
        found = self.found
        while found and found[-1].start >= candidate.start and found[-1].end <= candidate.end:
            found.pop()
        if found and found[-1].end > candidate.start:
            # overlaps without covering: the earlier one ends inside this one's modifiers
            if candidate.end - candidate.start > found[-1].end - found[-1].start:
                found.pop()
            else:
                return
        found.append(candidate)

    def _name(self, head: Head, head_start: int, end: int) -> Candidate | None:
        if head.sort == "name":
            return self._whole(head, head_start, end)
        if head.sort == "body":
            return self._body(head, head_start, end)
        return self._kind(head, head_start, end)

    def _whole(self, head: Head, head_start: int, end: int) -> Candidate | None:
        """A fixed name, with the place, level or organ that it hangs on (县委|组织部)."""
        previous = self._previous(head_start)
        if previous is not None and previous.head.word in _OWNERS and not head.word.startswith(("国", "中")):
            return self._merge(previous, head, head_start, end)
        prefix, sort = self._prefix(head_start, zones=True)
        if not sort and end - head_start <= 2 and not self._opens(head_start):
            return None
        return Candidate(prefix, end, head, head_start, head_start if sort else prefix, sort)

    def _merge(self, parent: Candidate, head: Head, head_start: int, end: int) -> Candidate:
        """The name that goes on from `parent`."""
        return Candidate(parent.start, end, head, head_start, parent.prefix, parent.prefix_sort, parent=parent)

    def _body(self, head: Head, head_start: int, end: int) -> Candidate | None:
        text = self.text
        if head.word == "办事处":
            at = self._prefix(head_start)[0]
            office = self._previous(at - 1) if text[at - 1 : at] == "驻" and at < head_start else None
            if office is not None:
                return self._merge(office, head, head_start, end)  # 市政府|驻北京|办事处
        prefix, sort = self._prefix(
            head_start, zones=head.word in ("管委会", "管理委员会", "党工委", "工委", "纪工委", "执委会")
        )
        if head.word == "委" and (not sort or text[head_start - 1] not in "省市县区州盟旗镇地"):
            return None
        if not sort:
            previous = self._previous(head_start)
            attached = head.word == "党校" or (previous is not None and previous.head.sort not in ("body", "name"))
            if previous is not None and head.word in _ATTACHED and attached:
                return self._merge(previous, head, head_start, end)
            if head.word in ("管委会", "管理委员会") and not self.lexicon.boundaries.ending_at(text, head_start):
                start = self._zone(head_start)
                if 2 <= head_start - start <= _MAX_ZONE:
                    return Candidate(start, end, head, head_start, head_start, "zone")  # 松山湖|管委会
            if foreign := self.lexicon.foreign.ending_at(text, head_start):
                return Candidate(head_start - foreign, end, head, head_start, head_start, "foreign")
            if end - head_start == 2 and previous is None and not self._opens(head_start):
                return None  # 平台联动 holds no 台联
        return Candidate(prefix, end, head, head_start, head_start, sort)

    def _kind(self, head: Head, head_start: int, end: int) -> Candidate | None:
        """Walks left from a kind word over function words, open words, conjunctions, to a place or level."""
        text, lexicon, places = self.text, self.lexicon, self.places
        sort = head.sort
        at = head_start
        low = max(0, end - MAX_NAME)
        functions = unknown = 0
        prefix, prefix_sort = -1, ""
        merged: Candidate | None = None
        while at > low:
            size = lexicon.functions.ending_at(text, at, low)
            previous = self._previous(at)
            if (
                previous is not None
                and previous.head.sort == "body"
                and not previous.prefix_sort
                and head.bare != "list"
            ):
                # 法治|政府|建设领导小组, 人大|办公室: a bare body is a word of the name
                at = previous.start
                functions += 1
                continue
            if previous is not None and size <= at - previous.start:
                if self._continues(previous, head, unknown):
                    merged = previous
                break
            if (begin := places.get(at)) is not None:
                stop = at
                while (begin := places.get(at)) is not None:
                    at = begin
                previous = self._previous(at)
                if previous is not None and previous.head.sort in _PARENTS:
                    # 国家税务总局|上海市|税务局 hangs on its head office as a branch does
                    office = sort == "closed" and previous.head.sort == "name" and previous.head.word.startswith("国家")
                    if sort == "branch" or (office and text[stop:head_start] in previous.head.word):
                        merged = previous
                        break
                at = self._party(at)
                prefix, prefix_sort = stop, "place"
                break
            if (
                text[at - 1] in "区城园"
                and (at < head_start or self._named_zone(at, head))
                and ZONE.search(text, max(0, at - 4), at)
            ):
                prefix, prefix_sort = at, "zone"
                at = self._zone(at)
                break
            char = text[at - 1]
            if not "一" <= char <= "鿿":
                if char in "”’" and sort == "group":
                    opened = text.rfind("“" if char == "”" else "‘", low, at)
                    if opened >= 0 and at - opened <= 16:
                        unknown += at - opened
                        at = opened
                        continue
                if sort in ("open", "company", "group") and (bracket := self._bracket(at, low)):
                    unknown += at - bracket
                    at = bracket
                    continue
                if sort in ("open", "company", "group") and ((char.isascii() and char.isalnum()) or char == "·"):
                    at -= 1
                    unknown += 1
                    continue
                break
            if char in LEVEL_LAST and (level := LEVELS.search(text, max(0, at - 4), at)):
                opens = sort in _CLOSED or self._opens(level.start())
                if size <= at - level.start() and opens:
                    prefix, prefix_sort = at, "level"
                    at = level.start()
                    previous = self._previous(at)
                    if previous is not None and sort == "branch" and previous.head.sort == "name":
                        merged = previous  # 人民银行|市|中心支行
                    break
            if size > 1 and unknown and (cut := self._place_inside(at, size)):
                at -= cut  # 北海市|政务服务中心: a place ends inside what looks like 市政
                unknown += cut
                continue
            if size:
                at -= size
                functions += 1
                continue
            if char in _CONJUNCTIONS and functions + unknown:
                size = lexicon.functions.ending_at(text, at - 1, low)
                if size and sort in ("open", "company") and not self._leads_to_prefix(at - 1 - size, low):
                    break
                if size and self._previous(at - 1) is None:
                    at -= 1 + size
                    functions += 1
                    continue
                break
            # 融媒体|推进|中心: so does a verb right before 中心
            verbs = (
                lexicon.verbs if sort == "group" else lexicon.centred if at == head_start and sort == "open" else None
            )
            size = verbs.ending_at(text, at, low) if verbs is not None else 0
            # 改革试点工作|推进|办公室: right before the head a verb needs a word of the name on its left
            named = functions + unknown + head.word.startswith("工作") if sort == "group" else 0
            if size and (named or lexicon.functions.ending_at(text, at - size, low)):
                at -= size
                continue
            boundary = lexicon.boundaries.ending_at(text, at, low)
            if boundary == 1 and text.startswith(lexicon.inside, at - 1):
                boundary = 0  # 中小投资者…中心: 中 is no preposition
            # 、向阳纸业: right after a list sign a single character is part of the name
            listed = boundary == 1 and sort in ("open", "company") and unknown and text[at - 2 : at - 1] == "、"
            if boundary > 1 and head.word in SECTIONS and functions + unknown:
                owner = self._previous(at - boundary)
                verb = (
                    text[at - boundary : at] in lexicon.verbs.words
                    and text[at - boundary : at] not in lexicon.act.words
                )
                if verb and owner is not None and owner.head.sort in _PARENTS and owner.prefix_sort:
                    merged = owner  # 临江市政务服务中心|运行|监督科
            if boundary and not listed:
                break
            if sort in _CLOSED and functions and (again := self._resplit(at, low)) is not None:
                at = again
                continue
            if sort in _CLOSED:
                jump = self._unknown_to_prefix(at, low, sort, end)
                if isinstance(jump, Candidate):
                    merged = jump
                elif jump is not None:
                    unknown += at - jump[1]
                    at, prefix, prefix_sort = jump[0], jump[1], jump[2]
                elif functions and head.word in SECTIONS:
                    at = self._to_sign(at, low)
                break
            at -= 1
            unknown += 1
        if merged is not None and end - merged.start <= 2 * MAX_NAME:
            name = self._merge(merged, head, head_start, end)
            name.functions, name.unknown = merged.functions + functions, merged.unknown + unknown
            return name
        if not prefix_sort and sort in ("open", "company", "group"):
            at = self._without_verb(at, head_start, sort, end)
        elif prefix_sort == "place" and sort in ("company", "branch"):
            at -= lexicon.leads.ending_at(text, at)
        if prefix_sort != "level" and sort == "group" and (event := event_start(text, at, head_start, lexicon)) < at:
            at, prefix, prefix_sort = event, event, "foreign"
        if not prefix_sort and head.word in SECTIONS and text[at - 1 : at] in _OWN and self._opens(at - 1):
            at -= 1  # 挂靠|局政策法规科
        if prefix < 0:
            prefix = at
        if at == head_start and head.bare == "no":
            return None
        alone = head.bare == "yes" or (prefix_sort and head.bare == "place")
        if sort in _CLOSED and not functions and not unknown and not alone:
            return None
        if unknown > 24:
            return None
        if sort == "strict" and functions == 1 and not unknown and text[at:head_start] in lexicon.verbs.words:
            return None  # 促进|科…
        return Candidate(at, end, head, head_start, prefix, prefix_sort, functions, unknown)

    def _continues(self, previous: Candidate, head: Head, unknown: int) -> bool:
        """Whether a head continues the organ right before it: 县委|办公室, 领导小组|办公室, …委员会|办公室."""
        if head.sort == "branch":
            return previous.head.sort in _PARENTS
        if unknown or (head.sort == "company") != (previous.head.sort == "company"):
            return False
        return head.sort != "closed" or previous.head.sort != "open"

    def _unknown_to_prefix(self, at: int, low: int, sort: str, end: int) -> tuple[int, int, str] | Candidate | None:
        """From an unknown word of a closed name, the place, level or organ before it, at most 10 characters away.

        (where the prefix begins, where it ends, which sort), or the organ (省局|反垄断处); None when a boundary
        word comes first. Strict kinds (处, 办) go on to an organ only.
        """
        text, lexicon = self.text, self.lexicon
        stop = max(low, at - 10)
        here = at
        while here > stop:
            char = text[here - 1]
            if not "一" <= char <= "鿿":
                return None
            if here < at:
                previous = self._previous(here)
                if previous is not None:
                    organ = previous.head.sort in _PARENTS and previous.prefix_sort and at - here <= 5
                    return previous if organ and sort in ("strict", "branch") else None
                # 市国动办、: a strict kind takes a short unknown word only where the name plainly ends
                if sort == "strict" and (at - here > 3 or not self._closes(end)):
                    pass
                elif here in self.places:
                    start, found = self._prefix(here)
                    return start, here, found
                elif (
                    char in LEVEL_LAST
                    and (level := LEVELS.search(text, max(0, here - 4), here))
                    and (self._opens(level.start()) or level.start() in self.places)
                ):
                    return level.start(), here, "level"
            if size := lexicon.functions.ending_at(text, here, stop):
                here -= size
                continue
            if lexicon.boundaries.ending_at(text, here, stop):
                return None
            here -= 1
        return None
