"""Write the one notice of this folder in every format that LibreOffice writes. Run once; the files are kept.

In: the text below (ours, places invented). Out: notice.docx (Word's automatic numbers) and typed.docx (the same numbers
typed as text), and through `soffice --convert-to` .doc .odt .rtf .pdf .txt of each, and typed.html. Touches this folder. Needs
LibreOffice Writer and a Chinese font. Usage: python tests/documents/formats/make.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from office_builders import docx, numbering, paragraph  # noqa: E402

HEAD = [
    "云川县人民政府关于扩大青坪等三个中心镇经济社会管理权限的通知",
    "云府发〔2012〕18号",
    "各乡镇人民政府，县政府各部门、各直属机构：",
]
LEAD = "为深入推进简政强镇改革，增强中心镇统筹发展能力，经县政府第9次常务会议研究，决定扩大青坪镇、白石镇、柳溪镇（以下简称试点镇）经济社会管理权限。现将有关事项通知如下："
# (level, text): 0 一、 1 （一） 2 1.
BODY = [
    (0, "总体要求"),
    (1, "指导思想。按照权责一致、能放即放、依法下放的原则，赋予试点镇与其发展相适应的管理权限。"),
    (1, "工作目标。到2013年底，试点镇基本建立运转协调、便民高效的基层管理体制。"),
    (0, "主要任务"),
    (1, "下放管理权限"),
    (2, "县发展和改革局将总投资3000万元以下的内资项目备案委托试点镇办理。"),
    (2, "县住房和城乡建设局将户外广告设置审批、临时占道许可交由试点镇行使，并于2012年6月30日前完成交接。"),
    (1, "理顺机构设置"),
    (2, "试点镇设置党政办公室、经济发展办公室、社会事务办公室和综合执法队，所需编制由县编办在总额内调剂。"),
    (0, "保障措施"),
    (1, "加强组织领导。由县编办牵头，县财政局、县司法局配合，每季度通报一次进展。"),
    (1, "严格监督检查。对落实不力的单位，由县监察局予以问责。"),
]
TAIL = ["附件：首批下放事项目录", "云川县人民政府", "2012年4月16日"]
TABLE = [
    [("首批下放事项目录", 4, None)],
    [("序号", 1, None), ("事项名称", 1, None), ("下放单位", 1, None), ("方式", 1, None)],
    [("1", 1, None), ("内资项目备案", 1, None), ("县发展和改革局", 1, None), ("委托", 1, None)],
    [("2", 1, None), ("户外广告设置审批", 1, None), ("县住房和城乡建设局", 1, "restart"), ("交办", 1, None)],
    [("3", 1, None), ("临时占道许可", 1, None), ("", 1, "continue"), ("交办", 1, None)],
]
EDGES = (900, 3600, 3000, 1500)


def table() -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in EDGES)
    rows = ""
    for row in TABLE:
        cells, column = "", 0
        for text, span, merge in row:
            width = sum(EDGES[column : column + span])
            column += span
            merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
            spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
            cells += (
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{merged}</w:tcPr>{paragraph(text)}</w:tc>'
            )
        rows += f"<w:tr>{cells}</w:tr>"
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return f"<w:tbl><w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def labelled() -> list[str]:
    """BODY's lines with their numbers typed."""
    digits, counters, lines = "一二三四五六七八九", [0, 0, 0], []
    for level, text in BODY:
        counters[level] += 1
        counters[level + 1 :] = [0] * (2 - level)
        label = (f"{digits[counters[0] - 1]}、", f"（{digits[counters[1] - 1]}）", f"{counters[2]}.")[level]
        lines.append(label + text)
    return lines


def main() -> None:
    levels = [
        {"format": "chineseCounting", "text": "%1、", "suffix": "nothing"},
        {"format": "chineseCounting", "text": "（%2）", "suffix": "nothing"},
        {"format": "decimal", "text": "%3.", "suffix": "nothing"},
    ]
    head = "".join(paragraph(text) for text in [*HEAD, LEAD])
    tail = "".join(paragraph(text) for text in TAIL) + table() + paragraph("")
    tail += (
        '<w:sectPr><w:footerReference w:type="default" r:id="footer1"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/></w:sectPr>'
    )
    numbers = numbering([levels], [{"list": 0}])
    bodies = {
        "notice": "".join(paragraph(text, 1, level) for level, text in BODY),
        "typed": "".join(paragraph(text) for text in labelled()),
    }
    for name, body in bodies.items():
        target = HERE / f"{name}.docx"
        target.write_bytes(docx(head + body + tail, numbering=numbers, footer1=paragraph("— 1 —")))
        # LibreOffice's HTML turns 一、 of automatic numbers into 1.: only the typed notice is the same there
        forms = ("doc", "odt", "rtf", "pdf", "txt:Text (encoded):UTF8") + (("html",) if name == "typed" else ())
        for form in forms:
            command = ["soffice", "--headless", "--convert-to", form, "--outdir", str(HERE), str(target)]
            subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
