"""Rights that another now exercises, money that comes back, and approvals by seal: one function a pattern.

In: a Clause. Out: Moves. Touches nothing.

    office     X由Y任免/管理/负责 · 由F管理调整为由Y管理      consult    X任免须征求Y意见
    returned   X由F全额返还Y · X由Y留用 · 对X实行返还          joined     X纳入Y财政收入 · X纳入Y考核
    local      X实行属地管理                                 sealed     对X实行见章盖章
    autonomy   Y可自主X · Y可提出用人建议
    local_government   X由某省人民政府批准 · 某省人民政府可依法X, in a document from above that government
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyparse.extract.moves import ADVERB, Clause, Move, holder
from policyparse.model import LEVELS
from policyparse.places import LEVEL_WORDS

_BY = re.compile("(?<![交提转经])由")
_WAS = re.compile(
    "(?:的)?由(?:原来?的?)?([^，,。；;由]{2,30}?)(任免|任命|考核|管理|负责|审批)?(?:统一)?(?:调整|改|变更?)为$"
)
_MANNER = re.compile(rf"(?:{ADVERB}|共同|具体)*")
_RIGHT = re.compile("任免|管理|考核|审批|执法|处罚|许可|人事|权$|权限|编制|财务|党群")
_ACTS = ("审批", "核准", "备案", "核发", "审核", "审查批准", "受理、备案", "受理、审批", "审批发证")
_MATTER = re.compile("(?:项目|事项|证照?|手续|登记|建房|住宅|用地|建设|经营|占道|广告)$")
_CLASS_AFTER = re.compile(r"[，,](?:其)?([一-鿿]{2,14}?(?:部门|单位))")
_SEALER = re.compile(r"[^，,]{0,4}[，,]([一-鿿]{2,14}?(?:部门|局|委))“?(?:见文行文|见章盖章)")
_POSTED = re.compile("([一-鿿]{2,10}?(?:部门|单位))(?:派驻|派出|设在|驻)")
_ASK = re.compile("征求|征得")
_MUST = re.compile(r"(?:须|应当?|要|必须|前)?(?:事先|书面|充分)?(?:须|应当?|要|必须)?(?:事先|书面|充分)?$")
_POSTS = re.compile("任免|调整|考核|任命|选拔|提拔|交流|变动|配备")
_OPINION = re.compile(
    "对([^，,。；;]{2,50}?)具?有(书面|一票)?(调整意见|任免意见|奖惩意见|建议权|否决权|提名权|知情权|考核权)(?:的|(?=[，,。；;\n]|$))"
)
_WHOLE = re.compile(r"(?:按[^，,]{2,24})?(?:实行|予以|给予|进行)?(?:全额|全部|足额|等额|按比例|及时|优先|补助|奖励)*$")
_GIVEN_BY = re.compile(r"(?:全部|全额|一律|均)?由([^，,由]{2,24}?)(?:按[^，,]{2,24})?(?:全额|全部|足额|按比例|予以)*$")
_BELONGS = re.compile("划归([一-鿿]{1,8})的[，,全部额]*$")
_ENJOYS = re.compile("享受([省市县区]里?)")
_FUNDS = re.compile("收|税|费|金|款|利|资|益|部分|补助|财力|财政|留成|分成")
_LOCAL_FUNDS = re.compile("镇|乡|街道|村|园区|留成|土地|规费")
_GATHERED = re.compile("([一-鿿]{1,10}?)(?:依法|自行)?(?:组织|负责)?(?:征收|收取|上缴|上交|缴纳|组织)的")
_PRIVATE = re.compile("失业保险|稳岗|保证金|押金|学费|参保|企业$|个人|保费")
_COLLECTED = re.compile("由[^，,]{2,24}(?:征收|收取|组织)$")
_LOCALLY = re.compile("(?:统一)?(?:全面)?实行“?属地(?:化)?管理(?!原则|责任|的)")
_STAFFED = re.compile("党|人事|机构|组织|干部|编制|人员|关系|派驻|派出")
_UPWARD = re.compile(
    "(?:凡?需要?|须|应当?|报)[^，,。；;]{0,12}?(?:上报|报|审批|审核|批准|转报)[^，,。；;]{0,16}?(?:项目|事项|手续|业务)的?"
)
_SEALED_BY = re.compile("(部门|单位|[局委办厅])(?:要|应|一律|予以|可)?“?(?:见章盖章|见章跟章|见文行文)")
_SEALED = re.compile("实行“?(?:见章盖章|见章跟章|见章办事|见章办理|见文行文|预审转报)")
_ABOUT = re.compile("对(?:于)?([^，,。；;]{2,60}?)[，,]")
_GOVERNMENT = re.compile(
    "(?!各|本|所在|当地|同级|上级|设区|县级|市级|省级|有关|原)(?:(?!或|、|和|及|与)[一-鿿]){2,9}?(省|自治区|市|自治州|州|盟|县|区|旗)(?:人民)?政府(?:(?:有关|主管)部门)?"
)
_DECIDES = re.compile("(?:自行|直接|依法|负责)?(?:审查批准|审批|批准|核准|决定|审定)(?=[，,。；;\n]|$)")
_COMMA = re.compile("[，,；;：:]")
# A matter of fewer characters (的，) is a remnant.
_LEAST_MATTER = 4
_MAY = re.compile("(?:可以?|有权)(?:(?:依法|自行|直接)|(?:根据|按照?|结合)[^，,。；;]{1,20}[，,])")
_WITHIN = re.compile("(?:在|根据|按照?|结合)[^，,。；;]{1,40}[，,]?")
_FREE = re.compile(
    r"(?:可以?|有权)(?:(?:根据|按照?|结合|在)[^，,。；;]{1,40}?[，,]?)?(?:可|依法)?"
    r"(自主[^，,。；;的]{2,30}|提出([^，,。；;]{2,14}?建议))"
)


def office(c: Clause) -> Iterator[Move]:
    """X由Y任免/管理/负责, Y of the town level; 由F管理调整为由Y管理."""
    text = c.text
    for mark in _BY.finditer(text, c.start, c.end):
        taker, end = c.parties.at(mark.end(), c.end)
        act = c.g.office.match(text, end, c.end) if taker else None
        if not act or not c.moves(mark.start()):
            continue
        low = tuple(name for name in taker if c.parties.is_low(name))
        if not low:
            continue
        giver = tuple(name for name in taker if name not in low)
        begin, stop = c.topic(mark.start())
        verb = act.group(1)
        if c.g.give.search(text, begin, stop):
            continue  # 将X下放到镇，由镇统一行使: the first clause has said it
        was = _WAS.search(text, begin, stop)
        words = text[begin:stop]
        if was:
            giver, words = (was.group(1),), re.split("[，,]", text[begin : was.start()])[-1]
            if was.group(2) in ("任免", "任命", "考核") and not _RIGHT.search(words):
                words += was.group(2)
        elif verb in ("任免", "任命") and not text.startswith("提名", end):
            words += "" if words.endswith(("任免", "任命")) else "任免"
        elif verb.endswith("书面建议"):
            after = _CLASS_AFTER.match(text, act.end(), c.end)
            giver = (after.group(1),) if after else giver
        elif verb.endswith("预审"):
            after = _SEALER.match(text, act.end(), c.end)
            giver = (after.group(1),) if after else giver
        elif (
            not _MANNER.fullmatch(text, end, act.start(1))
            or act.end() < c.comma_after(act.end())  # 由Y负责Z: a task, no right that changes hands
            or not (_RIGHT.search(words) or (verb in _ACTS and _MATTER.search(words)))
        ):
            continue
        if not was and not giver:
            at, giver = holder(c, begin, stop)
            words = text[at:stop] + words[stop - begin :]
        rule = "approve-on" if verb.endswith("预审") else "office"
        yield Move(words, giver, low, mark.start(), act.end(), rule)


def consult(c: Clause) -> Iterator[Move]:
    """X任免须征求Y意见; Y对X有调整意见的，主管部门应…."""
    text = c.text
    for mark in _ASK.finditer(text, c.start, c.end):
        at = mark.start()
        taker, end = c.parties.at(mark.end(), c.end)
        if any(map(c.parties.is_low, taker)) and re.match("的?(?:书面)?(?:意见|同意)", text[end : end + 6]):
            begin, stop = c.topic(at)
            words = _MUST.sub("", text[begin:stop])
            if _POSTS.search(words):
                giver = _POSTED.match(words)
                yield Move(words, (giver.group(1),) if giver else (), tuple(taker), at, end, "consult")
    for match in _OPINION.finditer(text, c.start, c.end):
        names, end = c.parties.at(c.comma_before(match.start()), match.start())
        if end == match.start() and any(map(c.parties.is_low, names)):
            after = _CLASS_AFTER.match(text, match.end(), c.end)
            item = f"{match.group(1)}{match.group(2) or ''}{match.group(3)}"
            whose = (after.group(1).removeprefix("其"),) if after else ()
            yield Move(item, whose, tuple(names), match.start(), match.end(), "consult")


def returned(c: Clause) -> Iterator[Move]:
    """X由F全额返还Y; 对X实行全额返还; X由Y留用."""
    text = c.text
    for verb in c.g.returns.finditer(text, c.start, c.end):
        if not c.moves(verb.start()) or text[verb.end() : verb.end() + 1] in ("的", "率", "政"):
            continue
        link = 1 if text[verb.end() : verb.end() + 1] in ("给", "到", "至", "于") else 0
        taker, end = c.parties.at(verb.end() + link, c.end)
        near = c.comma_before(verb.start())
        here = _WHOLE.sub("", text[near : verb.start()])
        words = _WHOLE.sub("", text[slice(*c.topic(verb.start()))])
        giver: tuple[str, ...] = ()
        by = _GIVEN_BY.search(here)
        if by:
            names = c.parties.at(near + by.start(1), c.end)[0] or [by.group(1)]
            words = here[: by.start()] if by.start() > 1 else words
            if "留" in verb.group():
                taker = names
            else:
                giver = tuple(names)
        of, enjoys = _BELONGS.search(text, c.start, verb.start()), _ENJOYS.search(words)
        if of:
            giver = (of.group(1),)
        elif enjoys and not giver:
            giver = (enjoys.group(1),)
        words = words.removeprefix("对")
        if not _FUNDS.search(words) or _PRIVATE.search(words):
            continue
        if not taker and (of_town := _GATHERED.match(words)) and c.parties.is_low(of_town.group(1)):
            taker = [of_town.group(1)]  # 对镇政府组织征收的规费予以全额返还: to whom they belong
        if taker or _LOCAL_FUNDS.search(text, c.start, c.end):
            yield Move(words, giver, tuple(taker), verb.start(), end, "return")


def joined(c: Clause) -> Iterator[Move]:
    """X纳入Y财政收入; X纳入Y考核, Y of the town level."""
    text = c.text
    at = text.find("纳入", c.start, c.end)
    while at >= 0:
        taker, end = c.parties.at(at + 2, c.end)
        if any(map(c.parties.is_low, taker)):
            begin, stop = c.topic(at)
            words = text[begin:stop]
            if text.startswith(("财政收入", "本级财政收入", "可用财力", "财政预算收入"), end):
                yield Move(_COLLECTED.sub("", words), (), tuple(taker), at, end, "return")
            elif text.startswith(("考核", "目标考核", "统一考核", "管理考核"), end) and re.search("考核|管理", words):
                holder = _POSTED.match(words)
                yield Move(words, (holder.group(1),) if holder else (), tuple(taker), at, end, "office")
        at = text.find("纳入", at + 2, c.end)


def local(c: Clause) -> Iterator[Move]:
    """X实行属地管理."""
    for mark in _LOCALLY.finditer(c.text, c.start, c.end):
        begin, stop = c.topic(mark.start())
        words = c.text[begin:stop]
        if len(words) >= 3 and _STAFFED.search(words) and c.moves(mark.start()):
            yield Move(words, (), (), mark.start(), mark.end(), "local")


def sealed(c: Clause) -> Iterator[Move]:
    """对X实行见章盖章."""
    text = c.text
    for mark in _SEALED.finditer(text, c.start, c.end):
        about = _ABOUT.search(text, c.start, mark.start())
        words = about.group(1) if about else text[slice(*c.topic(mark.start()))]
        if len(words) >= 2 and c.moves(mark.start()):
            yield Move(words, (), (), mark.start(), mark.end(), "approve-on")
    # 需县审批的项目，由镇上报，县直部门见文行文
    upward = _UPWARD.match(text, c.start, c.end)
    sealer = _SEALED_BY.search(text, upward.end(), c.end) if upward and "预审" not in text[c.start : c.end] else None
    if upward and sealer:
        giver = tuple(c.parties.ending(sealer.end(1), upward.end()))
        yield Move(upward.group().removesuffix("的"), giver, (), sealer.start(), sealer.end(), "approve-on")


def autonomy(c: Clause) -> Iterator[Move]:
    """Y可自主X; Y可根据…，提出用人建议."""
    text = c.text
    for match in _FREE.finditer(text, c.start, c.end):
        near = c.comma_before(match.start())
        taker, end = c.parties.at(near, match.start())
        if not taker and near > c.start:  # 试点镇在核定的编制内，可以自主…
            taker, end = c.parties.at(c.comma_before(near - 1), near)
        told = end == match.start() or (taker and _WITHIN.fullmatch(text, end, match.start()))
        if told and any(map(c.parties.is_low, taker)) and c.moves(match.start()):
            after = _CLASS_AFTER.match(text, match.end(), c.end)
            giver = (after.group(1),) if after else ()
            yield Move(match.group(2) or match.group(1), giver, tuple(taker), match.start(), match.end(), "autonomy")


def local_government(c: Clause) -> Iterator[Move]:
    """X由某省人民政府批准; 某省人民政府可依法X: what a higher organ leaves to the government of one place."""
    text = c.text
    for mark in _BY.finditer(text, c.start, c.end):
        found = _lower_government(c, mark.end())
        act = _DECIDES.match(text, found.end(), c.end) if found else None
        if found and act and c.moves(mark.start()):
            begin, stop = c.topic(mark.start())
            if stop - begin >= _LEAST_MATTER:
                yield Move(
                    text[begin:stop].removesuffix("的"), (), (found.group(),), mark.start(), act.end(), "decides"
                )
    for at in (c.start, *(comma.end() for comma in _COMMA.finditer(text, c.start, c.end))):
        found = _lower_government(c, at)
        may = _MAY.match(text, found.end(), c.end) if found else None
        if found and may:
            stop = c.comma_after(may.end())
            if stop - may.end() >= _LEAST_MATTER:
                yield Move(text[may.end() : stop], (), (found.group(),), at, stop, "may")


def _lower_government(c: Clause, at: int) -> re.Match[str] | None:
    """The government of one place that is named at `at`, if the document comes from above it."""
    found = _GOVERNMENT.match(c.text, at, c.end)
    if found is None or c.level is None or LEVELS.index(LEVEL_WORDS[found.group(1)]) <= LEVELS.index(c.level):
        return None
    return found
