"""The patterns by which a sentence gives an organ a task, made of the vocabulary.

In: the vocabulary. Out: Grammar and the fixed patterns of the genre. Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from policyparse.extract.heads import Names
from policyparse.model import Role
from policyparse.vocabulary import Vocabulary

EDGE = "，,：:；;。、“”—\n 　"
APPOSITION = r"(?:[（(][^（）()]{0,60}[)）])?"


# X有意见的，…: a condition, not a task
CONDITION = re.compile(r"[^，,。；;]{2,60}(?:的(?:[，,]|$)|(?:以来|以后|之后)[，,])")
# 热线指由市政府设立的…, 需由…审核的情形: what a thing is, not who does it
NOT_ASSIGNING = re.compile("(?:指|是|系|凡|经)由$")
# 需由县政府审批的，…: which case, not who does it
THE_CASE = re.compile("[^，,。；;]*的(?:[，,。；;]|$)")
# …联合制定《…》, 印发了《…》: how this document came about
PREAMBLE = re.compile("(?:联合|研究|共同|组织)?(?:制定|制订|印发|出台|起草|修订|转发)(?:了|本|《|的|关于|给|后)")


# 各镇（街道）、县直各部门配合: classes that help make no task
OTHERS_HELP = re.compile(
    "[省市州区县旗镇]?(?:各|有关|相关|其他|其它)[^，,。；;]{1,40}?(?:配合|协助|参与|支持|落实|负责)"
)
OTHERS = re.compile("(?:的?(?:有关|相关|各|其他|其它|所属))")
# What a sentence without a subject begins with, where the one before it names who acts
CARRIED = re.compile("(?:并|同时|还)?(?:具体|统一|主要)?(?:负责|承担)(?!人|的)")
CARRIED_ON = re.compile("(?:同时|此外|另外)?[，,]?(?:还|也|并)?要(?![求素点么件闻害领])")
# X由甲、乙组成，…，负责Y; X是…机构，负责Y
# 领导小组下设办公室在X。负责…: the body that the sentence before sets up, or seats, is who acts
SEATED = re.compile("(?:具体)?(?:设|设在|挂靠|放在|在)[^，,。；;]{2,30}")
# 由有关部门会同X制定: X helps, whoever the class is
CLASS_BEFORE = re.compile("(?:部门|单位|机关|政府|机构)(?:应当?|要|负责|可以?)?会同$")
COMPOSED = re.compile(
    "(?:由[^。；;]{2,120}?(?:组成|参加|(?:担|兼)任[^，,。；;]{1,10})[，,](?:[^。；;]{0,120}?[，,])?|(?:是|作?为)[^，,。；;]{2,40}[，,])(?:主要|具体)?(?:负责|承担)(?!人|同志|的)"
)
OFFICE = re.compile("[一-鿿]{1,8}?[处科室股](?=[、和及与，,]|[一-鿿])(?!理|罚|置|分|长)")
OTHERS_AT_END = re.compile("(?:有关|相关|各|其他|其它)[一-鿿（）()]{0,8}$")
# X为…主管单位: what X is says what it does
IN_CHARGE = re.compile(
    "(?:作?为|是)([^，,。；;]{2,60}?(?:主管|责任|牵头|承办|主办|实施|组织|执行|管理)(?:单位|部门|主体|机关|机构))(?=[，,。；;]|$)"
)
# 办公室承担以下职责：what follows says them
POINTS_ON = re.compile("[，,]?(?:以下|下列|如下)(?:主要|工作|具体)?(?:职责|职能)")
# X予以配合和监督: more verbs than the one that says who leads or helps
GOES_ON = re.compile("[和与及](?!其他|有关|相关)")
MAKES = re.compile(
    "(?:制定|制订|出台|印发|编制|修订|拟定|拟订|起草|发布|公布|下达|下发|建立|健全|完善|汇总|报送|提交|出具)$"
)
# 县教育局校舍安全工作机制: a line that is a name, though it holds a verb
NAME = re.compile(
    "(?:方案|机制|措施|办法|规定|意见|通知|清单|细则|制度|计划|要点|决定|报告|指南|目录|名单|情况|办法（试行）)$"
)
PART_OF = re.compile("窗口|[组站点局部]$|中心$|委员会$")  # 发挥X受理窗口作用: another body than X
# What may follow the name of a body that is set up, and not a longer name of which it is the beginning
SET_UP_HERE = re.compile("(?:模式|制度|机制|平台)?(?:[，,（(]|在|设在|挂靠)")
TOLD = re.compile(
    "[，,]?(?:研究|共同|联合|牵头|组织){0,2}(?:上报|提出|制定|拟定|印发|报送|下发|发布|起草|形成|签订)(?:的|了)"
)
PAST = re.compile("先后|已经?(?!有)|了(?!解|结)")  # in a report: what was done
OF = re.compile("(?!按|根据|依|对|在|以|就|为)[一-鿿]{2,4}的[一-鿿]")  # 由省政府制定的标准
# …自印发之日起施行，由X负责解释: the matter is what stands in front
IN_FORCE = re.compile("自[^，,]{2,24}(?:施行|实施|执行|生效)$")
# 各镇要…报县发改局，由县发改局汇总: a sentence of its own, no matter
OWN_SENTENCE = re.compile("[^，,]{1,20}?(?:(?<![需重主纪必])要|应当|应(?![急纳用收付税对届])|必?须)(?![求素])")
WORKING_GROUP = re.compile("(?:组|专班)$")
DANGLING = re.compile("[，,]?(?:并由|由|并|具体由|具体)$")
# A task this short (解释, 征收) says nothing without the matter in front of 由.
NO_MATTER = 4
ADVERB = re.compile(
    r"^(?:(?:在|根据|按照?|经)[^，,。；;]{0,24}?(?:基础上|前提下|过程中|指导下|领导下|范围内|期间|内|底前|日前|要求|规定|同意后|批准后)[，,]?)+"
)
# How and when X does what its bare verb says: X立即…, X根据…，…, X以…形式…. One open adverbial without a comma at most:
# several would be tried in every combination.
_CLOSED = (
    "(?:要?(?:积极|切实|及时|认真|抓紧|尽快|主动|严格)|依法|依规|依职[责权]|依程序|原则上|进一步|具体|统一|立即|迅速|随时|逐步|"
    "全面|共同|协同|合力|分别|在线|线上|网上|当场|科学合理|科学|合理|即时|先予|先行|不断|持续|深入|继续|大力|着力|率先|重点|密切|紧急|直接|另行|适时|提前|按时|按期|分期|分批|同步|优先|牵头|"
    "每(?:个?工作日|半年|季度|两年|[年季月周日旬])|\\d{1,3}个?(?:小时|分钟|工作日|日|天)(?:以?内)?){0,3}"
)
_UP_TO_COMMA = (
    "(?:(?:按照?|根据|依据|结合|通过|围绕|针对|依托|在|于|对|以|受|自|经|本着)[^，,。；;]{2,60}(?<![、的])[，,]){0,2}"
)
_OPEN = (
    "(?:(?:按照?|根据|依据)[^，,。；;]{2,60}|(?:在|于|对|结合|通过|围绕|针对|依托)[^，,。；;]{2,30}(?<![、的])|每[一-鿿]{1,3}|"
    "以[^，,。；;]{2,20}(?:形式|方式)|[为向与就从][^，,。；;]{2,20}|(?:会同|联合)[^，,。；;]{2,20}|自[^，,。；;]{2,20}起)?"
)
# X于每月5日前将…: when, before the modal
BY_THEN = "(?:[于在][^，,。；;]{2,16}?(?:前|内|日|底|月|后))?"
ADVERBIAL = _CLOSED + _UP_TO_COMMA + _CLOSED + _OPEN + _CLOSED
LATE = re.compile(_CLOSED + _UP_TO_COMMA + _CLOSED)


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the vocabulary's words make."""

    by: re.Pattern[str]
    ask: re.Pattern[str]
    not_by: re.Pattern[str]
    done: re.Pattern[str]
    hope: re.Pattern[str]
    not_after: re.Pattern[str]
    predicate: re.Pattern[str]
    modal: re.Pattern[str]
    together: re.Pattern[str]
    jointly: re.Pattern[str]
    verb: re.Pattern[str]
    setup: re.Pattern[str]
    setup_word: re.Pattern[str]
    setup_task: re.Pattern[str]
    play: re.Pattern[str]
    bring: re.Pattern[str]
    lead_in: re.Pattern[str]
    moves: re.Pattern[str]
    roles: dict[str, Role]
    names: Names


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"


@cache
def grammar(vocabulary: Vocabulary) -> Grammar:
    """The patterns made of the vocabulary, compiled once for each vocabulary."""

    def use(name: str) -> str:
        return _any([row["word"] for row in vocabulary.table("responsibility_words") if name in row["use"].split()])

    roles: dict[str, Role] = {}
    anywhere: list[str] = []
    at_end: list[str] = []
    for row in vocabulary.table("responsibility_predicates"):
        role = row["role"]
        if row["prose"] in ("yes", "end"):
            roles[row["predicate"]] = "lead" if role == "lead" else "support" if role == "support" else "responsible"
            (anywhere if row["prose"] == "yes" else at_end).append(row["predicate"])
    manner = f"(?:(?:{use('manner')})[，,]?){{0,3}}"
    predicate = f"(?:{_any(at_end)})(?=[，,。；;]|$)|{_any(anywhere)}"
    return Grammar(
        by=re.compile(r"(?:并|也|均|统一|具体|则|可|应|要|，|、|^)?由$"),
        ask=re.compile(rf"(?<![报申提呈聘恳邀])(?:{use('ask')})$"),
        not_by=re.compile(rf"[一-鿿、\d%％]{{0,20}}?(?:{use('not-by')})(?!员)"),
        done=re.compile(rf"(?:{use('done')})|[一-鿿]{{1,4}}(?:了(?!解|结)|(?<![通经超不])过(?!程|渡))"),
        hope=re.compile(rf"(?:{use('hope')})"),
        not_after=re.compile(rf"(?:{use('not-after')})"),
        predicate=re.compile(
            rf"[，,]?(?:作为[^，,。；;]{{2,20}}[，,])?(?:要|应|应当|须|必须|将|可)?{manner}({predicate})(?!的|人|同志|制(?!定|订|作)|任)(?:抓)?[，,]?"
        ),
        modal=re.compile(
            rf"{APPOSITION}[，,]?{BY_THEN}(?:{use('modal')})"
            r"(?<!应(?=[用急对届邀收付税变]))(?![求素点是么件闻害领军来])(?!(?<=拟)[定订])[，,]?"
        ),
        together=re.compile(rf"(?:要|应|应当|负责|将|须)?(?:{use('together')})"),
        jointly=re.compile(rf"(?:要|应|应当|负责|将|须)?(?:{use('jointly')})"),
        verb=re.compile(
            rf"{APPOSITION}{ADVERBIAL}"
            rf"“?(?:{_any(vocabulary.terms('task_verbs'))}|[把将][^，,。；;]{{2,40}}?(?:作为|纳入|列入))(?!的|人|同志)"
        ),
        setup=re.compile(rf"(?:{use('setup')})(?!在|定|施|备)(?:了)?(?:由[^，,。；;]{{2,180}}的)?[一-鿿]{{0,6}}$"),
        setup_word=re.compile(rf"(?:{use('setup')})(?!在|定|施|备)"),
        setup_task=re.compile(
            rf"[^。；;]{{0,80}}?(?:[，,]|[）)])(?:并)?(?:{manner}(?:负责|承担)(?!人|的)|(?=为[^，,。；;]{{2,40}}?提供)"
            r"|(?=统筹|协调|全面?推进|推进|领导[^小]|研究[^院所]|代表|具体|牵头|建立(?!在)|组织(?:开展|实施|推动|协调)))"
            r"|[^。；;]{0,40}?发挥其(?:在)?(?=[^，,。；;]{2,60}作用)"
        ),
        play=re.compile(rf"(?:{use('play')})(?:了)?$"),
        bring=re.compile(rf"(?:{use('bring')})$"),
        lead_in=re.compile(rf"^(?:(?:{use('lead-in')})[，,]?){{1,2}}$"),
        moves=re.compile(
            r"(?:依法|逐步|分批|统一)?(?:将|把)[^。；;]{1,80}?(?:下放|返还|划归|交由|移交给|赋予|授权|委托(?:给|[^，,。；;]{2,24}?(?:行使|实施|办理|执行|管理|承担|审批|履行)))"
        ),
        roles=roles,
        names=Names(vocabulary),
    )
