"""Writes the sample documents that are not plain text: two .docx, a .pdf, an .xlsx.

    python corpora/build_samples.py        (needs python-docx, XlsxWriter and reportlab)

The files are kept in corpora/samples/; this is how they were made, so that they can be changed.
"""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

SAMPLES = Path(__file__).parent / "samples"

ITEMS = [
    ("序号", "事项名称", "下放单位", "承接单位", "下放方式"),
    ("1", "乡村建设规划许可证核发", "市住房和城乡建设局", "荷湾镇规划建设办公室", "委托"),
    ("2", "个体工商户登记", "市工商行政管理局", "荷湾镇经济发展办公室", "委托"),
    ("3", "户外广告设置审批", "市城市管理局", "荷湾镇综合执法队", "委托"),
    ("4", "农村宅基地审批", "市国土资源局", "荷湾镇规划建设办公室", "直接下放"),
    ("5", "民办幼儿园设立审批", "市教育局", "荷湾镇社会事务办公室", "直接下放"),
    ("6", "林木采伐许可证核发", "市林业局", "荷湾镇农业服务中心", "委托"),
    ("7", "城乡居民最低生活保障待遇核定", "市民政局", "荷湾镇社会事务办公室", "授权"),
]


def plan_with_items() -> None:
    """A town's plan with an annexed list of delegated items as a table."""
    document = Document()
    title = document.add_paragraph("珠浦市荷湾镇简政强镇事权改革实施方案")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in (
        "为贯彻落实《中共广东省委办公厅广东省人民政府办公厅关于简政强镇事权改革的指导意见》（粤办发〔2009〕33号），"
        "转变政府职能，提高行政效能，结合荷湾镇实际，制定本方案。",
        "一、改革目标",
        "按照财权与事权相匹配的原则，赋予荷湾镇县级经济社会管理权限，用两年左右时间，基本建立权责清晰、运转协调、服务便捷的镇级行政管理体制。",
        "二、改革内容",
        "（一）下放事权。市政府将七大类一百二十六项行政管理事项下放到荷湾镇，首批事项见附件。市直部门要在2011年3月31日前与荷湾镇人民政府签订委托书，并派员跟班指导半年。",
        "（二）整合机构。镇党政机构综合设置为党政综合办公室、组织人事办公室、经济发展办公室、规划建设办公室、社会事务办公室和综合执法队，原有的二十三个站所一并撤销。",
        "（三）理顺体制。市国土资源局荷湾国土所、市工商行政管理局荷湾工商所实行双重管理，其主要负责人的任免须书面征求荷湾镇党委的意见。",
        "（四）扩大财权。从2011年起，荷湾镇辖区内的城市维护建设税全额返还荷湾镇；土地出让纯收益市与镇按二八比例分成，五年不变。",
        "三、组织实施",
        "（一）成立荷湾镇简政强镇事权改革领导小组，由镇委书记任组长，领导小组办公室设在组织人事办公室，具体负责改革的组织协调。",
        "（二）市编办牵头，会同市法制局、市财政局对下放事项的承接情况进行评估，于2012年12月底前向市委、市政府提交评估报告。",
        "（三）严明纪律。改革期间不得突击提拔干部、突击进人、私分公物。",
        "中共荷湾镇委员会 荷湾镇人民政府",
        "2011年1月20日",
        "附件：珠浦市首批下放荷湾镇行政管理事项目录",
    ):
        document.add_paragraph(text)
    table = document.add_table(rows=0, cols=len(ITEMS[0]))
    table.style = "Table Grid"
    for row in ITEMS:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    document.save(SAMPLES / "02-珠浦市-荷湾镇简政强镇方案.docx")


def _numbering(document: Document, levels: list[tuple[str, str]]) -> int:
    """Adds an automatic numbering of these (format, text) levels; its number."""
    part = document.part.numbering_part.element
    number = 90
    body = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for i, (fmt, text) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{body}</w:abstractNum>')
    part.insert(0, abstract)
    part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    return number


def decision_with_automatic_numbers() -> None:
    """A county's decision whose 一、 and （一） are Word's automatic numbers."""
    document = Document()
    number = _numbering(document, [("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）")])
    texts: list[tuple[int | None, str]] = [
        (None, "锦川县人民政府关于向乡镇下放行政权力事项的决定"),
        (None, "锦府发〔2015〕17号"),
        (None, "各乡镇人民政府，县政府各部门："),
        (
            None,
            "为推进简政放权、放管结合、优化服务改革，方便群众办事，根据四川省关于扩权强县的有关规定，县政府决定向乡镇下放一批行政权力事项。现将有关事项决定如下：",
        ),
        (0, "下放范围"),
        (
            None,
            "将县级部门行使的九十四项行政权力下放到各乡镇，其中行政许可二十一项、行政处罚五十六项、其他行政权力十七项。",
        ),
        (0, "下放方式"),
        (1, "直接下放。法律法规规定由县级以上人民政府行使的，县政府授权乡镇人民政府行使。"),
        (1, "委托行使。法律法规规定由县级部门行使的，由县级部门委托乡镇人民政府行使，并对其后果承担法律责任。"),
        (1, "派驻办理。不宜委托的，由县公安局、县食品药品监督管理局等部门在中心乡镇设立派出机构就近办理。"),
        (0, "工作要求"),
        (1, "县政府法制办公室要于2015年10月31日前统一制定委托书文本，县级部门与乡镇在11月底前完成签订。"),
        (1, "县财政局要将下放事项所需经费列入年度预算，县人力资源和社会保障局负责对乡镇承接人员进行培训。"),
        (1, "县监察局、县政务服务中心要加强跟踪督查，每半年通报一次。"),
        (None, "本决定自2016年1月1日起施行。"),
        (None, "锦川县人民政府"),
        (None, "2015年9月21日"),
    ]
    for level, text in texts:
        paragraph = document.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            numbered = OxmlElement("w:numPr")
            for tag, value in (("w:ilvl", level), ("w:numId", number)):
                element = OxmlElement(tag)
                element.set(qn("w:val"), str(value))
                numbered.append(element)
            properties.append(numbered)
    document.save(SAMPLES / "07-锦川县-下放行政权力决定.docx")


KEY_POINTS = [
    ("title", "吴陵市2019年深化乡镇行政管理体制改革工作要点"),
    ("text", "2019年全市深化乡镇行政管理体制改革工作，以习近平新时代中国特色社会主义思想为指导，以“加强乡镇政府服务能力建设”为主线，"
     "围绕江苏省关于经济发达镇改革的部署，着力构建简约便民、阳光高效的基层管理体制。"),
    ("text", "一、推动权力下沉到位"),
    ("text", "1.扩大赋权范围。在泰桥镇试点基础上，将212项县级审批执法权限依法赋予五个重点镇，8月底前完成交接。（牵头单位：市委编办；"
     "责任单位：市司法局、市行政审批局、各重点镇人民政府）"),
    ("text", "2.推行审批服务一窗口。各镇行政审批局统一设置综合窗口，实行前台综合受理、后台分类审批，办结时限平均压减三分之一。（责任单位：市行政审批局）"),
    ("text", "二、推动力量下沉到位"),
    ("text", "3.组建综合执法局。整合镇域内执法力量，建立镇综合行政执法局，市城市管理局、市市场监督管理局派驻人员由镇统一指挥、统一考核。（责任单位：市委编办、市城市管理局）"),
    ("text", "4.建立编制周转池。从市级收回的空编中拿出60名用于重点镇引进急需人才，实行专编专用。（责任单位：市委编办、市人力资源和社会保障局；完成时限：2019年6月）"),
    ("text", "三、推动保障下沉到位"),
    ("text", "5.完善财政分成。从2019年1月1日起，重点镇新增财政收入市级留成部分的百分之六十返还镇里，市财政局按季结算。"),
    ("text", "6.强化督查评估。市委办公室、市政府办公室每季度通报一次改革进展，年底组织第三方评估，评估结果作为领导班子考核的重要依据。"),
    ("right", "吴陵市全面深化改革委员会办公室"),
    ("right", "2019年3月28日"),
]  # fmt: skip


def _page_number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("STSong-Light", 10)
    canvas.drawCentredString(A4[0] / 2, 40, f"— {document.page} —")


def key_points() -> None:
    """Key points of a year as a PDF with page numbers, the text small enough to wrap and to need two pages."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=16, leading=30, firstLineIndent=32, wordWrap="CJK")
    title = ParagraphStyle("title", parent=body, fontSize=22, alignment=TA_CENTER, firstLineIndent=0, spaceAfter=16)
    right = ParagraphStyle("right", parent=body, alignment=2)
    styles = {"title": title, "text": body, "right": right}
    story = []
    for style, text in KEY_POINTS:
        story.append(Paragraph(text, styles[style]))
        if style == "title":
            story.append(Spacer(1, 12))
    SimpleDocTemplate(
        str(SAMPLES / "08-吴陵市-乡镇改革工作要点.pdf"), pagesize=A4, invariant=1, title=KEY_POINTS[0][1]
    ).build(story, onFirstPage=_page_number, onLaterPages=_page_number)


LIST = [
    ("序号", "事项名称", "权力类别", "下放部门", "承接单位", "下放方式", "备注"),
    ("1", "农村村民宅基地用地审批", "行政许可", "县自然资源局", "各乡镇人民政府", "下放", ""),
    ("2", "临时占用城市道路审批", "行政许可", "县城市管理局", "各乡镇人民政府", "委托", "限建成区"),
    ("3", "食品摊贩备案", "其他", "县市场监督管理局", "各乡镇人民政府", "委托", ""),
    ("4", "对露天焚烧秸秆的处罚", "行政处罚", "县生态环境分局", "各乡镇人民政府", "赋权", ""),
    ("5", "社会救助对象认定", "行政给付", "县民政局", "各乡镇人民政府", "委托", "按季抽查"),
    ("6", "动物诊疗场所初审", "其他", "县农业农村局", "各乡镇人民政府", "委托", ""),
]


def item_list() -> None:
    """A county's list of delegated items as a sheet with a title row over the head row."""
    with xlsxwriter.Workbook(str(SAMPLES / "12-颍川县-下放乡镇权限清单.xlsx")) as book:
        sheet = book.add_worksheet("下放事项")
        sheet.merge_range(0, 0, 0, len(LIST[0]) - 1, "颍川县下放乡镇经济社会管理权限事项清单（2020年版）")
        for number, row in enumerate(LIST, 1):
            sheet.write_row(number, 0, row)
        sheet.set_column(1, 1, 30)


if __name__ == "__main__":
    plan_with_items()
    decision_with_automatic_numbers()
    key_points()
    item_list()
