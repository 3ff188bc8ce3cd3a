"""The morning report in words: what stands in its cells, in English or in Chinese.

In: rows of a Report. Out: rows whose codes, states and times are words. Touches: nothing.

Reasons are kept in English, as they were said when the file was read; in Chinese each code has a sentence and a remedy of
its own, with what was said behind it where that tells more.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from policyparse.batch.report import Report, Row, Value

_STATUS = {
    "done": "已导入", "known": "先前已有", "skipped": "略过", "failed": "失败", "pending": "待读", "vanished": "已不在原处",
    "running": "进行中", "stopped": "已停止", "killed": "被中断", "finished": "完成",
}  # fmt: skip

_WHAT = {
    "run": "第几次导入", "state": "状态", "began": "开始", "ended": "结束", "last heard of": "最后一次动静", "sources": "来源",
    "files done": "已导入的文件", "files known": "先前已有的文件", "files skipped": "略过的文件", "files failed": "失败的文件",
    "files pending": "待读的文件", "files vanished": "已不在原处的文件", "new documents": "新公文",
    "documents with a new version": "有新版的公文", "megabytes read": "读取的 MB", "seconds": "用时（秒）",
    "memory of the import, MB": "导入进程的内存峰值（MB）", "memory of a worker, MB": "读取进程的内存峰值（MB）",
}  # fmt: skip

_HOW = {
    "kept": "留用", "same bytes": "字节相同", "another format": "格式不同", "another file of the same text": "文字相同的另一文件",
    "in an archive": "在压缩包内",
}  # fmt: skip

_MISSING = {"date": "日期", "issuer": "发文机关", "structure": "结构"}

#: Code → reason, remedy. ReadError in passing.py says what the codes mean; + : what was said in English tells more.
_CODES = {
    "empty": ("文件是空的", "从原处重新取得"),
    "no-text": ("里面没有文字", "如是图片或扫描页，转成 PDF 后用 --ocr 导入"),
    "needs-ocr": ("页面是图片，没有文字", "policyparse import --retry needs-ocr --ocr"),
    "encrypted": ("有密码保护", "policyparse import --retry encrypted --password-file 密码.txt（每行一个密码）"),
    "damaged": ("文件已损坏+", "用原来的软件打开、另存后再导入，或重新取得"),
    "too-large": ("超过允许的大小+", "拆分后再导入"),
    "unknown-format": ("不是能读的格式+", "用原来的软件打开，另存为 .docx 或 .pdf"),
    "archive": ("是压缩包", "解压后导入文件夹"),
    "not-found": ("文件不在了", "核对路径"),
    "no-permission": ("没有读取权限", "请文件所有者授权"),
    "needs-extra": ("缺少读取它的组件+", "按提示安装组件后 policyparse import --retry needs-extra"),
    "timed-out": ("超时", "policyparse import --retry timed-out --timeout 1800，或拆分"),
    "crashed": ("读取进程意外结束+", "用原来的软件打开、另存后再导入"),
    "out-of-memory": ("超过每个进程可用的内存", "减少 --workers、加大 --memory，或拆分"),
    "internal": ("程序自身出错+", "请报告，并尽可能附上文件"),
    "changed": ("读取时正被写入", "写完后再导入"),
    "not-a-file": ("管道或设备，从不打开", ""),
    "not-a-document": ("隐藏文件或临时文件", ""),
    "link": ("链接，不跟随", "需要时把它指向的位置作为来源"),
    "same-file": ("与另一文件字节相同", ""),
}  # fmt: skip

_SAME = "the same bytes as "


def in_words(row: Row, chinese: bool) -> Row:
    """A row as it is shown."""
    shown = {name: _time(value) if name == "since" else value for name, value in row.items()}
    if "what" in row:
        shown["value"] = _time(row["value"]) if row["what"] in ("began", "ended", "last heard of") else row["value"]
    if not chinese:
        return shown
    if "what" in row:
        shown["what"] = _WHAT.get(str(row["what"]), row["what"])
        if row["what"] == "state":
            state, colon, why = str(row["value"]).partition(": ")
            shown["value"] = _STATUS["finished" if state == "done" else state] + ("：" if colon else "") + why
    if "status" in row:
        shown["status"] = _STATUS.get(str(row["status"]), row["status"])
    for name, words in (("how", _HOW), ("missing", _MISSING)):
        if row.get(name):
            shown[name] = "、".join(_part(part, words) for part in str(row[name]).split(", "))
    if "reason" in row and str(row.get("code")) in _CODES:
        shown["reason"], shown["remedy"] = _reason(str(row["code"]), str(row["reason"] or ""))
    return shown


def _part(part: str, words: dict[str, str]) -> str:
    if part.startswith("compiled with "):
        return f"与另外 {part.split()[2]} 份同在一个文件"
    return words.get(part, part)


def _reason(code: str, said: str) -> tuple[str, str]:
    reason, remedy = _CODES[code]
    path, _, rest = said.removeprefix(_SAME).partition(": ") if said.startswith(_SAME) else ("", "", said)
    more = f"（{rest}）" if reason.endswith("+") and rest else ""
    return (f"与 {path} 字节相同；" if path and code != "same-file" else "") + reason.rstrip("+") + more + (
        f"：{path}" if path and code == "same-file" else ""
    ), remedy


def _time(value: Value) -> Value:
    """A moment in the reader's own time."""
    try:
        return datetime.fromisoformat(str(value)).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return value


def headline(report: Report, chinese: bool) -> str:
    """The report in two or three sentences."""
    counts = report.run.counts
    files: Counter[str] = Counter({status: int(counts.get(status) or 0) for status in _STATUS})
    whole = sum(files[status] for status in ("done", "known", "skipped", "failed", "pending"))
    failed = [(str(row["code"]), row["files"]) for row in report.rows("reasons") if row["status"] == "failed"]
    new, seconds = int(counts.get("new") or 0), _duration(float(counts.get("seconds") or 0), chinese)
    if chinese:
        said = [f"共 {whole:,} 个文件，用时 {seconds}：导入 {files['done']:,} 个，得到新公文 {new:,} 份。"]
        others = [
            f"{files[status]:,} 个{words}"
            for status, words in (("known", "先前已有"), ("skipped", "略过"), ("pending", "待读"))
            if files[status]
        ]
        said += ["，".join(others) + "。"] if others else []
        if failed:
            named = "、".join(f"{_CODES.get(code, (code,))[0].rstrip('+')} {number:,} 个" for code, number in failed)
            said.append(f"没有读成 {files['failed']:,} 个：{named}。")
        return "".join(said)
    said = [f"{whole:,} files in {seconds}: {files['done']:,} came in, with {new:,} new documents."]
    others = [
        f"{files[status]:,} {words}"
        for status, words in (("known", "known from before"), ("skipped", "passed over"), ("pending", "not yet read"))
        if files[status]
    ]
    said += [", ".join(others) + "."] if others else []
    if failed:
        said.append(
            f"{files['failed']:,} could not be read: "
            + ", ".join(f"{number:,} {code}" for code, number in failed)
            + "."
        )
    return " ".join(said)


def _duration(seconds: float, chinese: bool) -> str:
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours} 小时 {minutes} 分" if chinese else f"{hours} h {minutes} min"
    if minutes:
        return f"{minutes} 分 {whole % 60} 秒" if chinese else f"{minutes} min {whole % 60} s"
    return f"{seconds:.1f} 秒" if chinese else f"{seconds:.1f} s"
