"""Powers that are given: the patterns of 下放, 委托, 赋予, 交由, 划归, 扩大, one function a pattern.

In: a Clause. Out: Moves. Touches nothing.

    dispose    将X下放到Y · X依法委托给Y · F将X划归Y        toward     向Y下放X · 推动X向Y赋权
    grant      赋予Y X · 授权Y行使X                        attribute  F下放给Y的X · 上级赋予我镇的X
    bare       F采取委托的方式，下放X                       widen      扩大Y的X权
    let_go     对X实行放权，让Y有自主权
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyparse.extract.moves import ADVERB, NO_POWER, POWER, Clause, Move, holder, tidy, untidy

_LINK = re.compile("到|至|给|于|归|由|为")
_SELF_SUFFICIENT = frozenset({"划归", "交由", "交给", "交予", "调整为由"})  # the recipient follows without a link
_STOPS_HERE = re.compile(r"[。，,；;\n]|$|到位")
_FRAME_TOO_FAR = re.compile("[，,][^，,]*[，,][^，,]*[，,]")
_CHANGED = re.compile("调整为|改为|变为")
_BY = re.compile(r"[，,]?由([^，,由的]{2,30})$")
_ATTRIBUTIVE = re.compile("(?:管理|行使|实施|承担|办理|负责|审批|执行)?的")
_ANY_CASE = re.compile("[，,](?:应当?|须|必须|可以?|需要?)")
_TOWARD = re.compile("向([^，,]{1,30})$")
_INTO = re.compile(r"(?:到位)?[，,]进入([^，,。；;]{2,20})")
_ABLE = re.compile("([一-鿿]{1,8}?(?:级|镇|街道|乡镇|基层|社区))能够?(?:有效)?(?:承接|办理)")
_WEAK_SUBJECT = re.compile(f"(?:{ADVERB}|权限|权|事项|职能|职责)$")
_GRANT_ACT = re.compile(
    r"(?:依法)?(?:行使|办理|实施|承担|开展|负责(?!人)|代为|(?P<own>核发|发放|征收|收取|受理|审核|核准|备案|审批|批准|决定|确定))"
)
_RIGHT_OVER = re.compile("((?:对|在)[^，,。；;]{2,50}?的[^，,。；;]{0,30}?权)(?=[，,。；;\n]|$)")
_REST_OF_NAME = re.compile("[、和及与][一-鿿]{2,12}|(?![和及与])[一-鿿]{1,12}")
_APPROVES = re.compile("(?:直接|依法|代为|自行|全权|负责)*(审批|核准|备案|审核|初审)(?=[，,。；;\n]|$)")
_CONDITION = re.compile("(?:以下|以上|以内|范围内|标准)的$")
_MEASURE = re.compile("(?:一级)?(?:相应的?|更多的?|更大的?|必要的?)?")
_NOT_GRANTED = re.compile("(?:的?(?:使命|任务|责任感|重任|神圣|光荣|内涵|生机|活力|能力))")
_ATTRIBUTE_ITEM = re.compile(
    r"[^，,。；;：:（(“\n]{2,60}?(?=[，,。；;：:（(“\n]|$|能够?|是否|能否|须|应|(?<!重)要|必须|一律|由|进行|按照|纳入|进入|顺利|全部|实行|实施|共(?=[\d一二三四五六七八九十百]))"
)
# 授权的机构, 委托的养护单位: who was empowered, not what was given
_AGENT = re.compile("(?:机构|单位|部门|公司|组织|企业|机关)(?!.*(?:权|事项|职能|职责))")
_AROUND = re.compile("围绕([^，,]{4,60})[，,]")
_NO_OBJECT = re.compile("[、，,的到至给]|清单")
_CLASS_GIVER = re.compile("[一-鿿]{0,10}(?:部门|单位|机关|上级)")
_OBJECT = re.compile(
    r"(?!的|清单)(?:[^，,。；;：:（(“\n]{0,30}的)?[^，,。；;：:（(“的到给至于\n]{0,24}?(?:权限|职权|权力|权|事项|职能)(?=[，,。；;：:）)\n]|$)"
)
_ACTS_BY = re.compile("(?:通过|采取|以|将|要|按|依法|根据)")
_WIDENED = re.compile(
    r"[^，,。；;（(“\n]{2,60}(?:权限|自主权|管理权|审批权|执法权|财权|事权|人事权|权)(?=$|[，,。；;、）)\n])"
)
_LET_GO = re.compile(
    r"对([^，,。；;]{2,60}?[的权事项能务业])[，,][^。；;]{0,20}?(?:实行|予以|充分)?放权[，,]?(?:让([一-鿿]{1,12}?)(?:有|拥有|享有))?"
)
_DOWN = re.compile("委托下放|下放")


def dispose(c: Clause) -> Iterator[Move]:
    """将X下放到Y; X依法委托给Y; 由F管理调整为X下放给Y管理."""
    text = c.text
    last_end = -1
    last_giver: tuple[str, ...] = ()
    for verb in c.g.give.finditer(text, c.start, c.end):
        if not c.moves(verb.start()):
            continue
        link = _LINK.match(text, verb.end(), c.end)
        strong = (
            verb.group() in _SELF_SUFFICIENT
            or link is not None
            or (verb.group() not in ("赋予", "授予") and c.parties.acts(verb.end(), c.end))
        )
        taker, end = c.parties.taker(link.end() if link else verb.end(), c.end) if strong else ([], verb.end())
        if taker in (["位"], ["到位"]):
            taker, strong, end = [], False, verb.end()
        attributive = _ATTRIBUTIVE.match(text, end, c.end)
        if attributive and _ANY_CASE.match(text, attributive.end()) and text.rfind("将", c.start, verb.start()) >= 0:
            attributive = None  # 部门将事务交由街道承担的，应当…: a case that is foreseen, not an attribute
        if attributive or (link and link.group() in ("为", "由") and not taker):
            continue  # an attribute: 下放给镇的权限
        if not strong and not _STOPS_HERE.match(text, verb.end()):
            continue
        mark = max(text.rfind("将", c.start, verb.start()), text.rfind("把", c.start, verb.start()))
        giver: tuple[str, ...] = ()
        if mark >= 0 and not c.moves(mark):
            continue  # 不得将…委托给
        if mark >= 0 and last_end > mark:
            begin, stop = c.topic(verb.start())  # 将甲划归丙，乙交由丁: the second has its own topic, the same giver
            giver = last_giver
        elif mark >= 0 and verb.start() - mark > 2 and not _FRAME_TOO_FAR.search(text, mark, verb.start()):
            begin, stop = mark + 1, verb.start()
            giver = c.subject(mark)
        elif strong or _WEAK_SUBJECT.search(text, c.start, verb.start()):
            begin, stop = c.topic(verb.start())
        else:
            continue
        changed = _CHANGED.search(text, begin, stop)
        if changed:
            begin = changed.end()
        by = None if changed or verb.group() == "交由" else _BY.search(text, begin, stop)
        if by:
            giver = tuple(c.parties.at(by.start(1), stop)[0]) or (by.group(1),)
            stop = by.start()
        toward = _TOWARD.search(text, begin, stop)
        if toward and not taker:
            taker, stop = c.parties.at(toward.start(1), stop)[0], toward.start()
        begin, held_by = holder(c, begin, stop)
        if not taker:
            into, able = _INTO.match(text, verb.end(), c.end), _ABLE.search(text, begin, stop)
            taker = [into.group(1)] if into else [re.split("[、，,和]", able.group(1))[-1]] if able else []
        if not giver and not held_by and text.startswith("政府", begin):
            giver = ("政府",)  # 政府不宜办、要转出去的职能
        if _CONDITION.search(text, begin, stop) and begin - 1 > c.start and text[begin - 1] in "，,":
            begin = c.comma_before(begin - 1)  # 县级审批的项目，总投资500万元以下的，委托…
        item = text[begin:stop]
        act = _APPROVES.match(text, end, c.end) if verb.group() in ("委托", "授权") else None
        if act and not POWER.search(tidy(item)):
            item = tidy(item) + act.group(1)  # 对内资项目，授权镇政府直接审批
        named = (
            bool(by and taker and link) and len(tidy(item)) >= 4
        )  # 由F下放至Y says that what stands in front is a power
        if item.startswith("由") or not (named or POWER.search(tidy(item))) or (not act and NO_POWER.search(item)):
            continue
        last_end, last_giver = end, giver or held_by
        yield Move(item, giver or held_by, tuple(taker), verb.start(), end, "dispose")


def grant(c: Clause) -> Iterator[Move]:
    """赋予Y X; 授权Y行使X; 委托Y办理X."""
    text = c.text
    for verb in c.g.grant_right.finditer(text, c.start, c.end):
        taker, end = c.parties.at(verb.end(), c.end)
        match = _RIGHT_OVER.match(text, end, c.end) if taker else None
        if match:
            yield Move(match.group(1), (), tuple(taker), verb.start(), match.end(), "grant")
    for verb in c.g.grant.finditer(text, c.start, c.end):
        taker, end = c.parties.at(verb.end(), c.end)
        if not taker or not c.moves(verb.start()):
            continue
        act = _GRANT_ACT.match(text, end, c.end)
        measure = _MEASURE.match(text, end, c.end)
        # 委托Y核发许可证: the act is what was the giver's
        begin = act.start("own") if act and act["own"] else act.end() if act else measure.end() if measure else end
        if verb.group() in ("委托", "授权") and not act:
            continue
        stop = c.comma_after(begin)
        if text.startswith("的", begin):  # 赋予Y的X: a noun with its attribute
            continue
        if stop - begin >= 2 and not _NOT_GRANTED.search(text, begin, stop):
            near = c.comma_before(verb.start())
            giver = c.subject(verb.start()) or tuple(c.parties.ending(verb.start(), near))
            yield Move(text[begin:stop], giver, tuple(taker), verb.start(), stop, "grant")


def toward(c: Clause) -> Iterator[Move]:
    """向Y下放X; 推动X向Y赋权."""
    text = c.text
    for verb in c.g.give.finditer(text, c.start, c.end):
        near = c.comma_before(verb.start())
        mark = max(text.rfind("向", near, verb.start()), text.rfind("给", near, verb.start()))
        if mark < 0 or not c.moves(verb.start()):
            continue
        taker, end = c.parties.at(mark + 1, verb.start())
        if not taker:
            continue
        rest = untidy(text[end : verb.start()])
        if rest and (not _REST_OF_NAME.fullmatch(rest) or (rest[0] not in "、和及与" and len(taker) < 2)):
            continue
        if rest:  # 向街道、便民服务站赋权: a name that only its list shows to be one
            taker = [*taker, rest[1:]] if rest[0] in "、和及与" else [*taker[:-1], taker[-1] + rest]
        stop = c.comma_after(verb.end())
        begin, last = verb.end(), stop
        if stop - begin < 2:
            begin, last = near, mark
        item = text[begin:last]
        if (
            len(tidy(item)) >= 2
            and not _NO_OBJECT.match(item)
            and POWER.search(tidy(item))
            and not NO_POWER.search(item)
        ):
            yield Move(item, c.subject(mark), tuple(taker), verb.start(), stop, "toward")


def attribute(c: Clause) -> Iterator[Move]:
    """F下放给Y的X; 上级赋予我镇的X; F委托下放的X."""
    text = c.text
    for match in c.g.attribute.finditer(text, c.start, c.end):
        left = match.start()
        if not c.moves(left):
            continue
        near = text[c.start : left].replace("对应", "＿＿")
        begin = c.start + max(near.rfind(sign) for sign in "，,；;：:。好将对把使受接由") + 1
        giver = c.parties.ending(left, begin)
        if not giver and _CLASS_GIVER.fullmatch(text, begin, left):
            giver = [re.split("[和及]", text[begin:left])[-1]]
        taker = c.parties.at(match.start(1), match.end(1))[0] if match.group(1) else []
        if match.group(1) and not taker:
            continue
        rest = _ATTRIBUTE_ITEM.match(text, match.end(), c.end)
        if not rest or not (giver or taker):
            continue
        item = rest.group()
        if tidy(item) in c.g.bare:
            around = _AROUND.search(text, c.start, left)
            if around and taker:
                item = around.group(1)
            elif not _definite_department(giver):
                continue
        elif (
            not POWER.search(tidy(item))
            or _AGENT.search(item)
            or any(item.startswith(word + "的") for word in c.g.bare)
        ):
            continue
        yield Move(item, tuple(giver), tuple(taker), match.start(), rest.end(), "attribute")


def _definite_department(names: list[str]) -> bool:
    """A bare 权限 counts where a department gives it, and not where 上级 or 有关部门 does."""
    return any(re.search("部门|[局委办厅]$", name) for name in names) and not any(
        re.match("各|有关|相关", name) for name in names
    )


def bare(c: Clause) -> Iterator[Move]:
    """下放X, with its giver as subject: F采取委托的方式，下放X."""
    text = c.text
    for verb in _DOWN.finditer(text, c.start, c.end):
        match = _OBJECT.match(text, verb.end(), c.end)
        if not match or not c.moves(verb.start()):
            continue
        giver = c.subject(verb.start())
        near = c.comma_before(verb.start())
        if not giver and near > c.start:
            names, end = c.parties.at(c.comma_before(near - 1), near)
            if names and _ACTS_BY.match(text, end, near):
                giver = tuple(names)
        if giver:
            yield Move(match.group(), giver, (), verb.start(), match.end(), "bare-object")


def widen(c: Clause) -> Iterator[Move]:
    """扩大Y的X权."""
    text = c.text
    at = text.find("扩大", c.start, c.end)
    while at >= 0:
        begin = at + 2
        stop = c.comma_after(begin)
        taker, end = c.parties.at(begin, stop)
        if taker and end < stop and c.moves(at):
            match = _WIDENED.match(text, end + 1 if text[end] == "的" else end, c.end)
            if match:
                yield Move(match.group(), c.subject(at), tuple(taker), at, match.end(), "widen")
        at = text.find("扩大", begin, c.end)


def let_go(c: Clause) -> Iterator[Move]:
    """对X实行放权，让Y有…."""
    match = _LET_GO.search(c.text, c.start, c.end)
    if match:
        taker = (match.group(2),) if match.group(2) else ()
        yield Move(match.group(1), (), taker, match.start(), match.end(), "let-go")
