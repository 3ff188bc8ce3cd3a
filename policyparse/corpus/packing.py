"""A document as few bytes: what the store keeps of it besides the texts of its passages.

In: a Document. Out: bytes, and from them the same Document. Touches: nothing.

Measured (tests/benchmarks/disk.py prints it), the records and spans of a document take four times its text as JSON. Here
each list of records becomes columns (starts as differences, ends as lengths), what has its default is left out, what
quotes the document's text is cut from it again, and the rest is a Zstandard frame, with a checksum, whose dictionary is what
such records have in common (bodies.zdict, by corpora/build_dictionary.py) and the document's own words behind it. GB 18030
has two bytes for what UTF-8 has three, and holds all of Unicode.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import zstandard

from policyparse.corpus.blocks import Damaged, opened
from policyparse.model import Document

# The first byte says how a document is packed: 3 as above; 1 and 2 were deflated, with the dictionary _COMMON. Behind 2
# there were four bytes of a checksum; 1 had none, and quoted more.

#: Beyond this Zstandard takes three times as long for a tenth of the room.
_LEVEL = 12

#: Deflate looks back so far, and a dictionary can be no longer.
_WINDOW = 32_768

# What every packed document of formats 1 and 2 has in common, the commonest last: it never changes.
_COMMON = (
    '{"tables":[{"header":["序号","事项名称","项目名称","责任单位","实施主体","备注"],"rows":[["1","2"],["3"]]}],"warnings":[],'
    '"masked":true,"annexes":[{"label":"附件1","title":"","start":}],"speech":{"speaker":"","post":"","occasion":""},'
    '"addressees":["各乡镇人民政府","各县（市、区）人民政府","市政府各部门","各有关单位"],"copied_to":["县委办公室","人大办公室","政协办公室"],'
    '"printed":"20","text":"","repairs":{"+start":[0,0,1,2],"length":[0,0,1],"before":["\\n","\\n\\n"," ","  ","\\n  ","-1-","　　"],'
    '"reason":["wrapped-line","page-number","web-furniture","space","spacing","traditional","pinyin-gloss"]},'
    '"citations":{"clause":["c1","c2"],"rule":["title@1","number@1"],"confidence":[0.9],"text":["《"],"title":["",'
    '""],"doc_number":["〔20","号"],"issuer":["国务院","省人民政府"],"date":["20"],"superior":[true,false,null],'
    '"relation":["basis","answers","repeals","carries"]},'
    '"delegations":{"+start":[],"length":[],"clause":["c"],"rule":["grant@1"],"confidence":[0.8,0.9],"item":["","审批权","管理权限"],'
    '"from":[["县政府"],["市政府"]],"to":[["镇政府"],["各镇"]],"mode":[["devolve"],["entrust"],["authorize"],["extend"],["transfer"]]},'
    '"time_points":{"+start":[],"length":[],"clause":["c1"],"text":["年","月底前"],"type":["date","range","deadline","start",'
    '"duration","frequency"],"value":["20","../20","/..","2009/2012","P1M","P30D","P1Y","R/P1M","R/P1Y"]},'
    '"responsibilities":{"+start":[],"length":[],"clause":["c1"],"rule":["bracket@1","subject@1"],"confidence":[null,null,0.9],'
    '"departments":[["市财政局"],["县发展和改革局"],["各镇人民政府"]],"role":["responsible","lead","support"],"task":[""],'
    '"deadline":[null,null,null,null,"../20"]},'
    '"institutions":{"+start":[],"length":[],"clause":["c1","c1","c1","c2"],"rule":[""],"confidence":[null],"text":["市政府",'
    '"县政府","省人民政府","国务院","市委"],"canonical":["市人民政府","县人民政府","省人民政府","国务院","人民政府"]},'
    '"source":{"path":"/.txt.docx.doc.pdf.html.wps","sha256":"","media_type":"text/html","application/pdf","application/msword",'
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document","text/plain","encoding":"gb18030","utf-8","part":1,"parts":1},'
    '"schema_version":"1.1","id":"d","title":"关于的通知实施方案意见办法","cover_title":"","kind":"opinion","measures","decision","reply",'
    '"request","speech","briefing","minutes","list","law","plan","notice","doc_number":"〔20","号","issuers":["人民政府办公室"],"date":"20",'
    '"place":"省/市/县/镇","level":"nation","province","prefecture","town","county","gaps":{"1":"\\n\\n"},'
    '"sections":{"id":["s1","s2","s3","s4","s5","s6","s7","s8","s9","s10","s11","s12","s13","s14","s15","s16","s17","s18","s19","s20"],'
    '"parent":[null,"s1","s1","s1","s2","s3"],"level":[1,2,2,2,3,1,2,2,2],"label":["一、","二、","三、","四、","五、","六、","七、",'
    '"（一）","（二）","（三）","（四）","（五）","（六）","1.","2.","3.","4.","第一章 ","第一条 ","第二条 ","第三条 "],"title":["","","","",""],'
    '"+start":[],"length":[]},"clauses":{"id":["c1","c2","c3","c4","c5","c6","c7","c8","c9","c10","c11","c12","c13","c14","c15",'
    '"c16","c17","c18","c19","c20","c21","c22","c23","c24","c25","c26","c27","c28","c29","c30"],"section":["s1","s1","s2","s3","s4",'
    '"s5"],"+start":[0,1],"length":[],"tags":[["basis",0.9],["goal",0.7],["principle",0.6],["land",0.5],["welfare",0.5],["economy",0.4],'
    '["publicity",0.6],["effect",0.9],["result",0.8],["rhetoric",0.7],["personnel",0.6],["leadership",0.5],["schedule",0.7],'
    '["guidance",0.9],["finance",0.8],["service",0.5],["supervision",0.6],["organization",0.7],["responsibility",0.6],'
    '["delegation",0.8]],"origin":{"page":[1,1,1,2],"paragraph":[0,1,2,3,4,5,6,7,8,9,10,11,12],"start":[0,0,0,0],"end":[0,0,0,0],'
    '"table":[null],"row":[null],"column":[null]}}}'
).encode("gb18030")  # fmt: skip

#: Lists of records with spans: which of their fields quotes the text from `start` to `end`,
_WHOLE = {"institutions": "text", "time_points": "text", "citations": "text"}
#: and which a part of that, or what stands before; kept is where the part begins, and its length.
_PART = {"delegations": "item", "responsibilities": "task"}
_NEAR = 500

#: Lists of records with spans, and without; as columns they compress, as records they do not.
_RECORDS = (
    "repairs", "sections", "clauses", "institutions", "time_points", "delegations", "responsibilities", "citations",
)  # fmt: skip


def pack(document: Document, spans: Sequence[tuple[int, int]] | None = None) -> bytes:
    """The document without the texts of `spans`, which `unpack` is to be given; with its whole text where it is None.

    spans: stretches of the text in order, as `passages` gives them; where they overlap the text is kept whole.
    """
    whole, words = laid_out(document, spans)
    compressor = zstandard.ZstdCompressor(
        level=_LEVEL, dict_data=_words_behind(words), write_checksum=True, write_dict_id=False
    )
    return b"\x03" + compressor.compress(whole)


def laid_out(document: Document, spans: Sequence[tuple[int, int]] | None) -> tuple[bytes, str]:
    """What `pack` compresses, and the words of `spans`: the dictionary behind the dictionary."""
    fields = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    fields["schema_version"] = document.schema_version
    text = fields.pop("text")
    gaps = _gaps(text, spans) if spans is not None else None
    words = "".join(text[start:end] for start, end in spans or ())
    if gaps is None:
        fields = {"text": text, **fields}
    elif gaps:
        fields["gaps"] = gaps
    for name in _RECORDS:
        if records := fields.get(name):
            if name == "clauses":
                _take_apart(records, text)
            _take_quotes(name, records, text)
            fields[name] = _columns(records)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("gb18030"), words


def unpack(data: bytes, texts: Sequence[str] = ()) -> Document:
    """The document that was packed; `texts`: those of the spans that `pack` was given.

    Raises Damaged (a ValueError) when the bytes or the texts are not those.
    """
    try:
        fields: dict[str, Any] = json.loads(_opened(data, "".join(texts)).decode("gb18030"))
    except (zstandard.ZstdError, zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Damaged(f"not what was packed ({error})") from None
    if "text" not in fields:
        fields["text"] = _joined(texts, fields.pop("gaps", {}))
    for name in _RECORDS:
        if name in fields:
            fields[name] = _records(fields[name])
            _put_quotes(name, fields[name], fields["text"])
    for clause in fields.get("clauses", ()):
        _put_together(clause, fields["text"])
    return Document.model_validate(fields)


def _opened(data: bytes, words: str) -> bytes:
    if data[:1] == b"\x03":
        return opened(zstandard.ZstdDecompressor(dict_data=_words_behind(words)), data[1:])
    if data[:1] not in (b"\x01", b"\x02"):
        raise Damaged("packed in a way that this version does not know")
    head = 5 if data[0] == 2 else 1
    whole = zlib.decompressobj(-15, _dictionary(words)).decompress(data[head:])
    if head == 5 and zlib.crc32(whole) != int.from_bytes(data[1:5], "big"):
        raise Damaged("not what was packed (checksum)")
    return whole


@cache
def _records_alike() -> bytes:
    """Part of format 3: it never changes."""
    return files(__package__).joinpath("bodies.zdict").read_bytes()


def _words_behind(words: str) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(
        _records_alike() + words.encode("gb18030"), dict_type=zstandard.DICT_TYPE_RAWCONTENT
    )


def _dictionary(words: str) -> bytes:
    room = _WINDOW - len(_COMMON)
    return words[-room // 2 :].encode("gb18030")[-room:] + _COMMON


def _gaps(text: str, spans: Sequence[tuple[int, int]]) -> dict[str, str] | None:
    """What stands before each span (and after the last), where it is not the usual; None when the spans overlap."""
    gaps: dict[str, str] = {}
    at = 0
    for number, (start, end) in enumerate((*spans, (len(text), len(text)))):
        if start < at:
            return None
        if (gap := text[at:start]) != _usual(number):
            gaps[str(number)] = gap
        at = end
    return gaps


def _joined(texts: Sequence[str], gaps: dict[str, str]) -> str:
    pieces: list[str] = []
    for number, text in enumerate((*texts, "")):
        pieces += (gaps.get(str(number), _usual(number)), text)
    return "".join(pieces)


def _usual(number: int) -> str:
    return "\n" if number else ""


def _columns(records: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Field → its values, null where it has its default."""
    names = dict.fromkeys(name for record in records for name in record)
    columns: dict[str, list[Any]] = {name: [record.get(name) for record in records] for name in names}
    if "start" in columns and "end" in columns:
        starts, ends = columns.pop("start"), columns.pop("end")
        columns["+start"] = [start - before for start, before in zip(starts, [0, *starts], strict=False)]
        columns["length"] = [end - start for start, end in zip(starts, ends, strict=True)]
    return columns


def _records(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    steps, lengths = columns.pop("+start", None), columns.pop("length", None)
    if steps is not None and lengths is not None:
        at, starts = 0, []
        for step in steps:
            at += step
            starts.append(at)
        columns["start"] = starts
        columns["end"] = [start + length for start, length in zip(starts, lengths, strict=True)]
    names = list(columns)
    return [
        {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for values in zip(*columns.values(), strict=True)
    ]


def _take_quotes(name: str, records: Sequence[dict[str, Any]], text: str) -> None:
    """Takes out of records what the text has between their start and end."""
    if field := _WHOLE.get(name):
        for record in records:
            if record[field] == text[record["start"] : record["end"]]:
                del record[field]
    if field := _PART.get(name):
        for record in records:
            start, words = record["start"], record.get(field)
            if not words:
                continue
            if (at := text.find(words, start, record["end"])) < 0:  # what a bracket is about stands before it
                at = text.rfind(words, max(0, start - len(words) - _NEAR), start)
            if at >= 0:
                del record[field]
                record["@"], record["#"] = at - start, len(words)


def _put_quotes(name: str, records: Sequence[dict[str, Any]], text: str) -> None:
    if field := _WHOLE.get(name):
        for record in records:
            record.setdefault(field, text[record["start"] : record["end"]])
    if field := _PART.get(name):
        for record in records:
            if (at := record.pop("@", None)) is not None:
                at += record["start"]
                record[field] = text[at : at + record.pop("#")]


def _take_apart(clauses: Sequence[dict[str, Any]], text: str) -> None:
    """Takes out of the clauses what the text has, and lays their tags and origins flat."""
    for clause in clauses:
        start, end = clause["start"], clause["end"]
        if clause["text"] == text[start:end]:
            del clause["text"]
        if tags := clause.get("tags"):
            clause["tags"] = [part for tag in tags for part in (tag["tag"], tag["score"])]
        for name, value in clause.pop("origin", {}).items():
            if value is not None:  # mostly the text stands in the source as it stands here: the same differences
                shift = start if name == "start" else end if name == "end" else 0
                clause[f"origin.{name}"] = value - shift


def _put_together(clause: dict[str, Any], text: str) -> None:
    start, end = clause["start"], clause["end"]
    clause.setdefault("text", text[start:end])
    if flat := clause.get("tags"):
        clause["tags"] = [{"tag": tag, "score": score} for tag, score in zip(flat[::2], flat[1::2], strict=True)]
    origin = {}
    for name in [name for name in clause if name.startswith("origin.")]:
        shift = start if name == "origin.start" else end if name == "origin.end" else 0
        origin[name.removeprefix("origin.")] = clause.pop(name) + shift
    if origin:
        clause["origin"] = origin
