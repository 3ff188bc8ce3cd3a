"""A researcher's own tags: sheets in, agreement and a model out; and a corpus coded with it."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from corpus_builder import pilot_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.cli import run
from policyparse.compare.clause_tables import CLAUSE_TABLES, coding
from policyparse.corpus import Corpus
from policyparse.export import write_table
from policyparse.passing import PolicyparseError
from policyparse.tag import Tagger
from policyparse.tag.heads import split_heads
from policyparse.train import CorpusError, read_clauses, read_coded, read_scheme, train_scheme
from policyparse.train.agreement import agreement, cohen, fleiss, krippendorff

INSTRUMENTS = Path(__file__).parent.parent / "corpora" / "instruments"
TAGS = "标签,名称,定义\ngive,给,给钱给物\nrule,管,定规矩\n"
CLAUSES = [
    ("县财政拨付{n}万元补助。", "give"),
    ("由财政发放奖金{n}万元。", "give"),
    ("未经批准不得占用第{n}号地。", "rule"),
    ("企业应当在{n}日内申报。", "rule"),
]


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(TAGS, "utf-8-sig")
    return path


def sheet(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def long_rows(copies: int = 4) -> list[list[str]]:
    rows = [["条款", "标签", "编码员"]]
    for n in range(copies):
        for text, tag in CLAUSES:
            rows += [[text.format(n=n), tag, "甲"], [text.format(n=n), tag, "乙"]]
    return rows


def test_a_long_sheet_in_chinese_is_read(scheme: Path, tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        coded = read_coded(sheet(tmp_path / "coded.csv", long_rows(), encoding), read_scheme(scheme))
        assert len(coded.clauses) == 16
        assert coded.agreement is not None
        assert (coded.agreement.coders, coded.agreement.kappa, coded.split) == (("乙", "甲"), 1.0, [])


def test_the_coding_sheet_that_compare_exports_is_accepted_as_it_is(scheme: Path, tmp_path: Path) -> None:
    documents = pilot_corpus()
    rows = coding(documents)
    for number, row in enumerate(rows):
        row["coder_1"] = "给" if number % 2 else "管；给"
        row["coder_2"] = "give" if number % 2 else "rule"
    table = CLAUSE_TABLES["coding"]
    for name in ("coded.xlsx", "coded.csv"):
        write_table(table.title, table.columns, table.heads, rows, tmp_path / name)
        coded = read_coded(tmp_path / name, read_scheme(scheme))
        assert len(coded.clauses) == len(rows), name
        assert {clause.tags[0] for clause in coded.clauses} == {"give", "rule"}
        assert {clause.document for clause in coded.clauses} == {document.id for document in documents}
        assert coded.agreement is not None
        assert coded.agreement.kappa == 1.0
        assert coded.clauses[1].headings[:1] == ("二、主要任务",)


def test_split_coders_are_left_out_unless_a_final_tag_decides(scheme: Path, tmp_path: Path) -> None:
    rows = [["条款", "编码员甲", "编码员乙", "编码员丙", "定稿"]]
    rows += [
        ["一。", "give", "rule", "", ""],
        ["二。", "give", "rule", "give", ""],
        ["三。", "give", "rule", "", "rule"],
    ]
    rows += [["四。", "", "", "", ""]]
    coded = read_coded(sheet(tmp_path / "c.csv", rows), read_scheme(scheme))
    assert [(clause.text, clause.tags) for clause in coded.clauses] == [("二。", ("give",)), ("三。", ("rule",))]
    assert coded.split == [("一。", {"编码员甲": "give", "编码员乙": "rule"})]
    assert coded.uncoded == 1


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["条款", "标签"], ["拨付。", "praise"]], r"row 2: unknown tag praise — mine has give, rule"),
        ([["条款", "标签"], ["d9f6aa#c7", "give"]], r"row 2: d9f6aa#c7 is an id — add a column text"),
        ([["条款", "编码员"], ["拨付。", "甲"]], r"no column tag \(标签\) and none of coders"),
        ([["名字", "标签"], ["拨付。", "give"]], r"no column with the clauses' words"),
        ([["条款", "标签", "编码员"], ["拨付。", "give", "甲"], ["拨付。", "rule", "甲"]], r"row 3: 甲 has coded this"),
        ([["条款", "标签"], ["", "give"]], r"row 2: no clause"),
        ([["条款", "标签"], ["拨付。", ""]], r"no clause has a tag"),
        ([["条款", "标签"], ["拨付。", "；"]], r"row 2: ； is no tag"),
        ([["条款", "标签"], [], ["拨付。", "give"], [], ["禁止。", "praise"]], r"row 5: unknown tag praise"),
        ([], r"holds no rows"),
        ([["条款", "标签"]], r"holds no rows"),
    ],
)
def test_a_faulty_sheet_is_one_sentence(scheme: Path, tmp_path: Path, rows: list[list[str]], sentence: str) -> None:
    with pytest.raises(PolicyparseError, match=sentence):
        read_coded(sheet(tmp_path / "c.csv", rows), read_scheme(scheme))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("名称,定义\n给,钱\n", "no column tag / 标签"),
        ("标签\ngive\n", "1 tags — a scheme has at least two"),
        ("标签\ngive\ngive\n", "the tag give is there more than once"),
        ("标签,名称\ngive,给\nhand,给\n", "给 names two tags"),
        ("标签,名称\ngive,给\nhand,give\n", "give names two tags"),
    ],
)
def test_a_faulty_scheme_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyparseError, match=sentence):
        read_scheme(path)


def test_a_row_that_is_shorter_than_the_heads_is_a_row(scheme: Path, tmp_path: Path) -> None:
    rows = [["条款", "编码员甲", "编码员乙"], ["一。"], ["二。", "give"], ["三。", "rule", "rule"]]
    coded = read_coded(sheet(tmp_path / "c.csv", rows), read_scheme(scheme))
    assert [clause.tags for clause in coded.clauses] == [("give",), ("rule",)]
    assert coded.uncoded == 1


def test_a_tag_may_have_a_name_of_two_words(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("标签,名称\ngive,给 钱\nrule,管\n", "utf-8")
    rows = [["条款", "标签"], ["拨付。", "给 钱"], ["不得占用。", "管，give"]]
    coded = read_coded(sheet(tmp_path / "c.csv", rows), read_scheme(tmp_path / "s.csv"))
    assert [clause.tags for clause in coded.clauses] == [("give",), ("rule", "give")]


def test_kind_and_level_are_understood_in_chinese(scheme: Path, tmp_path: Path) -> None:
    rows = [
        ["条款", "标签", "文种", "层级"],
        ["一。", "give", "方案", "县"],
        ["二。", "rule", "law", ""],
        ["三。", "rule", "诗", "球"],
    ]
    coded = read_coded(sheet(tmp_path / "c.csv", rows), read_scheme(scheme))
    assert [(c.kind, c.level) for c in coded.clauses] == [("plan", "county"), ("law", None), ("other", None)]


def test_two_tags_are_told_apart_by_both_heads(scheme: Path, tmp_path: Path) -> None:
    coded = read_coded(sheet(tmp_path / "c.csv", long_rows()), read_scheme(scheme))
    model, figures = train_scheme(read_scheme(scheme), coded.clauses)
    main, _ = split_heads(model.logits([clause.context() for clause in coded.clauses]))
    assert [model.tags[at] for at in main.argmax(axis=1)] == [clause.tags[0] for clause in coded.clauses]
    assert main.max(axis=1).min() > 0.6
    assert figures.main_accuracy == 1.0


def test_a_tag_that_one_document_alone_has_is_no_crash(scheme: Path, tmp_path: Path) -> None:
    rows = [["条款", "标签", "文件"], *([text.format(n=n), tag, tag] for n in range(3) for text, tag in CLAUSES)]
    coded = read_coded(sheet(tmp_path / "c.csv", rows), read_scheme(scheme))
    assert train_scheme(read_scheme(scheme), coded.clauses)[1].main_accuracy == 0.0, "each fold lacks what it is asked"


def test_agreement_is_that_of_the_textbooks() -> None:
    # the usual two-by-two example; Krippendorff's own example of two observers and ten units, nominal: 0.095
    table = {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}
    units = [{"a": one, "b": two} for (one, two), n in table.items() for _ in range(n)]
    assert cohen(units, "a", "b") == pytest.approx(0.4)
    pairs = zip("0100000010", "1110010000", strict=True)
    assert krippendorff([{"a": one, "b": two} for one, two in pairs]) == pytest.approx(0.095, abs=0.001)
    # Fleiss 1971 as on the encyclopedia's page: ten units, fourteen raters, five categories: 0.210
    counts = ["00 00 00 00 14", "00 02 06 04 02", "00 00 03 05 06", "00 03 09 02 00", "02 02 08 01 01",
              "07 07 00 00 00", "03 02 06 03 00", "02 05 03 02 02", "06 05 02 01 00", "00 02 02 03 07"]  # fmt: skip
    units = []
    for line in counts:
        given_ = [str(n) for n, count in enumerate(line.split()) for _ in range(int(count))]
        units.append({str(rater): category for rater, category in enumerate(given_)})
    assert fleiss(units) == pytest.approx(0.210, abs=0.001)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=12))
def test_agreement_is_one_at_most_and_one_for_the_same(units: list[dict[str, str]]) -> None:
    found = agreement(units)
    if found is None:
        assert all(len(unit) < 2 for unit in units)
        return
    for number in (found.kappa, found.alpha):
        assert number is None or (math.isfinite(number) and number <= 1 + 1e-9)
    if found.same == 1:
        assert found.alpha == 1


def test_own_tags_from_the_command_to_the_corpus(
    scheme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coded, model, corpus = tmp_path / "coded.csv", tmp_path / "mine.skops", tmp_path / "corpus"
    sheet(coded, long_rows())
    assert run(["train", "--tags", str(scheme), "--clauses", str(coded), "--out", str(model)]) == 0
    out = capsys.readouterr().out
    assert "Cohen's κ 1.000" in out
    assert "clauses 16 · main tag right" in out
    assert "- **give** 给: 给钱给物" in (tmp_path / "mine.md").read_text("utf-8")
    with pytest.raises(PolicyparseError, match="own tags"):
        Tagger.load(model).tag([])
    with Corpus.open(corpus, create=True) as pilots:
        for document in pilot_corpus():
            pilots.add(document)
    table = tmp_path / "out.csv"
    assert run(["code", "--model", str(model), "--corpus", str(corpus), "--output", str(table)]) == 0
    assert "# mine: 15 clauses" in capsys.readouterr().out
    assert len(table.read_text("utf-8-sig").splitlines()) == 16
    plan = pilot_corpus()[0]
    assert run(["show", f"{plan.id}#c3", "--corpus", str(corpus)]) == 0
    assert "mine: " in capsys.readouterr().out
    with Corpus.open(corpus) as pilots:
        assert dict(pilots.codings.schemes()) == {"mine": 15}
        assert pilots.document(plan.id) == plan, "the contract's document stays what it was"
    with Corpus.open(corpus, write=True) as pilots:  # as if another sheet of this name had been coded before
        pilots.codings.put("mine", plan, [[("other", 0.9)]] * len(plan.clauses))
    assert run(["code", "--model", str(model), "--corpus", str(corpus)]) == 2
    assert "another scheme that is called mine" in capsys.readouterr().err


def test_a_sheet_called_tags_is_named_after_its_folder(scheme: Path, tmp_path: Path) -> None:
    sheet_of_tags = tmp_path / "instruments" / "tags.csv"
    sheet_of_tags.parent.mkdir()
    sheet_of_tags.write_bytes(scheme.read_bytes())
    assert read_scheme(sheet_of_tags).name == "instruments"
    assert read_scheme(scheme).name == "mine"


def test_own_tags_of_words_that_have_changed_are_not_shown(tmp_path: Path) -> None:
    plan = pilot_corpus()[0]
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        corpus.add(plan)
        corpus.codings.put("mine", plan, [[("give", 0.9)]] * len(plan.clauses))
        changed = plan.model_copy(deep=True)
        changed.clauses[0].text = "别的话。"
        assert set(corpus.codings.of(changed)["mine"]) == {clause.id for clause in plan.clauses[1:]}


@pytest.mark.parametrize(
    "arguments", [["--tags", "t.csv"], ["--tags", "t.csv", "--clauses", "c.csv"], ["--labels", "l"]]
)
def test_options_that_lack_their_fellows_are_refused(arguments: list[str]) -> None:
    assert run(["train", *arguments]) == 2


def test_the_shipped_example_is_whole() -> None:
    scheme = read_scheme(INSTRUMENTS / "tags.csv")
    coded = read_coded(INSTRUMENTS / "coded.csv", scheme)
    assert [scheme.names[tag] for tag in scheme.tags] == ["供给型", "环境型", "需求型", "非工具"]
    assert len(coded.clauses) + len(coded.split) >= 150
    assert coded.agreement is not None
    assert coded.agreement.kappa is not None
    assert coded.agreement.kappa > 0.8
    assert {clause.tags[0] for clause in coded.clauses} == set(scheme.tags)
    assert {clause.text for clause in coded.clauses} <= {clause.text for clause in read_clauses()}, (
        "nobody else's words"
    )


def test_a_scheme_without_its_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PolicyparseError, match="no such file"):
        read_scheme(tmp_path / "none.csv")
    assert issubclass(CorpusError, PolicyparseError)
