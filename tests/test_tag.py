"""The clause classifier: features, model file, scores, training; on small clauses made here, and as shipped."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skops.io
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.svm import LinearSVC

from policyparse.cli import run
from policyparse.model import TAGS
from policyparse.passing import PolicyparseError
from policyparse.tag import ClauseContext, ModelError, Tagger, load_model, marks_of, position_of, save_model
from policyparse.tag.features import BLOCKS, Features, blocks_of, fold, lead_of, split_label
from policyparse.tag.files import read_state
from policyparse.tag.heads import Around, lists_of, shifts
from policyparse.train import CorpusError, LabelledClause, cross_validate, evaluate, read_clauses, train
from policyparse.train.clauses import shipped_clauses

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "tags.yaml").read_text("utf-8"))
SMALL_TAGS = ("delegation", "finance", "rhetoric")


def small_clauses() -> list[LabelledClause]:
    towns = ["青岭", "白沙", "临江", "东桥", "西坪", "南浦", "北河", "石桥", "云台", "金滩"]
    made = []
    for n, town in enumerate(towns):
        made += [
            LabelledClause(f"将县级审批权委托{town}镇行使。", ("delegation",), ("一、放权",), document=f"d{n}"),
            LabelledClause(
                f"{town}镇税收超收部分全额返还，同时赋予审批权。", ("finance", "delegation"), document=f"d{n}"
            ),
            LabelledClause(f"让我们为{town}的明天努力奋斗！", ("rhetoric",), kind="speech", document=f"d{n}"),
        ]
    return made


@pytest.fixture(scope="module")
def small() -> list[LabelledClause]:
    return small_clauses()


@pytest.fixture(scope="module")
def model(small):
    return train(small, tags=SMALL_TAGS)


@cache
def loaded() -> Tagger:
    return Tagger.load()


@pytest.fixture
def shipped() -> Tagger:
    return loaded()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_main_tag_of_plain_clauses(case, shipped) -> None:
    context = ClauseContext(
        case["text"], tuple(case.get("headings", ())), case.get("position", 0.5), case["kind"], "county"
    )
    assert shipped.tag([context])[0][0].tag == case["main"], shipped.explain([context])


@settings(deadline=None)
@given(st.lists(st.text(max_size=200), max_size=5), st.text(max_size=30), st.floats(0, 1))
def test_every_clause_gets_a_tag_and_scores_fall_from_the_first(texts, heading, position) -> None:
    found = loaded().tag([ClauseContext(text, (heading,), position, "plan", None, ("citation",)) for text in texts])
    assert len(found) == len(texts)
    for tags in found:
        scores = [tag.score for tag in tags]
        assert tags
        assert all(0 <= score <= 1 for score in scores)
        assert scores == sorted(scores, reverse=True)
        assert len({tag.tag for tag in tags}) == len(tags)


def test_without_its_document_a_clause_is_judged_alone(shipped) -> None:
    contexts = [ClauseContext(case["text"], tuple(case.get("headings", ())), kind=case["kind"]) for case in CASES]
    together = shipped.ranked(contexts, alone=True)
    for context, tags in zip(contexts, together, strict=True):
        (single,) = shipped.ranked([context])
        assert [tag for tag, _ in tags] == [tag for tag, _ in single]
        assert [score for _, score in tags] == pytest.approx([score for _, score in single], abs=1e-4)
    assert shipped.tag([]) == []


def test_a_document_speaks_for_a_clause_that_says_little(shipped) -> None:
    """What stands around can only decide where the clause itself does not: the shift is bounded by its two weights."""
    vague = ClauseContext("负责人由所在单位提出。", (), 0.5, "reply", "county")
    bodies = [
        ClauseContext(f"设立{name}，核定编制{n}名，设主任1名、副主任2名。", (), 0.4, "reply", "county")
        for n, name in enumerate(("综合协调办公室", "便民服务中心", "综合执法队", "应急管理站"), 5)
    ]
    alone = dict(shipped.ranked([vague])[0])
    among = dict(shipped.ranked([*bodies[:2], vague, *bodies[2:]])[2])
    assert among.get("organization", 0) >= alone.get("organization", 0)
    reasons = shipped.explain([*bodies[:2], vague, *bodies[2:]], 2, "organization", most=40)
    assert {"document", "neighbours"} <= {reason.block for reason in reasons if reason.weight > 0}


def test_shifts_are_nothing_for_one_clause_and_finite_for_any() -> None:
    prior = np.full(3, 1 / 3, dtype=np.float32)
    whole = Around(1.0, 1.0, 1.0, 1.0)
    one = ClauseContext("（一）设办公室；", ("第三条",))
    assert not shifts(np.array([[9.0, 0, 0, 1, 1, 1]]), prior, whole, [one]).any()
    assert np.isfinite(shifts(np.array([[900.0, 0, 0, 1, 1, 1]] * 5), prior, whole, [one] * 5)).all()


def test_items_are_known_by_their_heading_and_what_opens_them() -> None:
    law = [
        ("第一条 为了……制定本办法。", ("第一章",)),
        ("第二条 应当遵循下列原则：", ("第一章",)),
        ("（一）公开；", ("第一章", "第二条")),
        ("（二）便民。", ("第一章", "第二条")),
        ("第三条 收费由县定。", ("第二章",)),
        ("结束语。", ()),
        ("署名前的话。", ()),
    ]
    lists, openers = lists_of([ClauseContext(text, headings) for text, headings in law])
    assert lists.tolist() == [0, 0, 2, 2, 4, 5, 6]
    assert openers.tolist() == [-1, -1, 1, 1, -1, -1, -1]


def test_an_item_hears_what_opens_its_list() -> None:
    prior = np.full(3, 1 / 3, dtype=np.float32)
    contexts = [
        ClauseContext("一、应当遵循下列原则："),
        ClauseContext("（一）公开；", ("一、",)),
        ClauseContext("另外。"),
    ]
    logits = np.array([[9.0, 0, 0, 9, 0, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0]])
    moved = shifts(logits, prior, Around(opener=0.6), contexts)
    assert moved[1].argmax() == 0
    assert moved[1, 0] > 0 > moved[1, 1]
    assert not moved[[0, 2]].any(), "nothing opens these"


def test_shipped_model_knows_the_twenty_tags_and_is_small(shipped) -> None:
    from policyparse.tag import shipped_model

    assert shipped.tags == TAGS
    assert shipped_model().stat().st_size < 20_000_000


def test_same_clauses_and_seed_give_the_same_file(small, model, tmp_path) -> None:
    save_model(model, tmp_path / "a.skops")
    save_model(train(small, tags=SMALL_TAGS), tmp_path / "b.skops")
    assert (tmp_path / "a.skops").read_bytes() == (tmp_path / "b.skops").read_bytes()


def test_a_saved_model_gives_the_same_scores(model, small, tmp_path) -> None:
    contexts = [clause.context() for clause in small]
    save_model(model, tmp_path / "m.skops")
    assert Tagger.load(tmp_path / "m.skops").ranked(contexts) == Tagger(model).ranked(contexts)


def test_it_learns(model, small) -> None:
    figures = evaluate(model, small)
    assert figures.main_accuracy == 1.0
    assert cross_validate(small, tags=SMALL_TAGS)[0].main_accuracy > 0.9


def test_explain_names_the_words_that_decided(model) -> None:
    context = ClauseContext("税收超收部分全额返还。")
    names = [f"{reason.block}: {reason.what}" for reason in Tagger(model).explain([context])]
    assert any("返还" in name or "finance" in name for name in names)
    assert Tagger(model).explain([context], tag="finance")[0].weight > 0
    with pytest.raises(PolicyparseError, match="no tag praise"):
        Tagger(model).explain([context], tag="praise")


def test_an_unknown_label_is_a_clear_error(small) -> None:
    with pytest.raises(CorpusError, match="unknown tag praise"):
        train([*small, LabelledClause("很好。", ("praise",))], tags=SMALL_TAGS)


def test_an_empty_class_is_a_clear_error(small) -> None:
    with pytest.raises(CorpusError, match="land is main tag of 0"):
        train(small, tags=(*SMALL_TAGS, "land"))


def test_one_document_alone_is_a_clear_error(small) -> None:
    with pytest.raises(CorpusError, match="at least two documents"):
        train([replace(clause, document="one") for clause in small], tags=SMALL_TAGS)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{nonsense", "line 2: not a line of JSON"),
        ('{"text": "甲"}', "line 2: a labelled clause has at least text and tags"),
        ('{"text": "甲", "tags": []}', "line 2: text or tags are empty"),
        ('{"text": "甲", "tags": ["praise"]}', "line 2: unknown tag praise"),
    ],
)
def test_a_faulty_row_is_named(line, what, tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "乙", "tags": ["land"]}\n' + line, encoding="utf-8")
    with pytest.raises(CorpusError, match=what):
        read_clauses(path)


def test_no_clauses_is_a_clear_error(tmp_path) -> None:
    with pytest.raises(CorpusError, match="no labelled clauses there"):
        read_clauses(tmp_path / "none")


class Evil:
    pass


def test_a_model_with_code_in_it_is_refused(tmp_path) -> None:
    skops.io.dump({"format": 1, "tags": Evil()}, tmp_path / "evil.skops")
    with pytest.raises(ModelError, match=r"tampered with: it holds .*Evil"):
        load_model(tmp_path / "evil.skops")


@pytest.mark.parametrize("value", [len, re.compile("a"), {1: "a"}, np.array([object()]), b"bytes", LinearSVC()])
def test_a_model_with_anything_but_numbers_and_text_is_refused(value, model, tmp_path) -> None:
    path = tmp_path / "strange.skops"
    skops.io.dump({"format": 4, "tags": value}, path)
    with pytest.raises(ModelError, match=r"tampered with|damaged"):
        load_model(path)


def test_the_reader_reads_what_skops_reads(model, tmp_path) -> None:
    path = tmp_path / "m.skops"
    save_model(model, path)
    ours, theirs = read_state(path), skops.io.load(path, trusted=[])
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert np.array_equal(ours[name], value), name


def test_using_the_model_does_not_load_scikit_learn() -> None:
    """`import skops` costs 2–3 seconds, which every command would pay."""
    code = (
        "import sys; from policyparse.tag import Tagger; Tagger.load(); print({'skops', 'sklearn'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_damaged_model_is_refused(model, tmp_path) -> None:
    path = tmp_path / "m.skops"
    save_model(model, path)
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.compress_size)
    data = bytearray(path.read_bytes())
    data[largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        load_model(path)
    path.write_bytes(data[: len(data) // 3])
    with pytest.raises(ModelError, match="damaged"):
        load_model(path)


def test_changed_numbers_are_refused(model, tmp_path) -> None:
    path = tmp_path / "m.skops"
    for broken, what in (
        (replace(model, weights=model.weights[:, :-1]), "weights of"),
        (replace(model, bias=np.full_like(model.bias, np.nan)), "not finite"),
        (replace(model, bias=model.bias[:, None]), "bias of"),
        (replace(model, prior=np.ones((3, 3), dtype=np.float32)), "prior of"),
        (replace(model, prior=np.zeros(3, dtype=np.float32)), "never the main one"),
        (replace(model, thresholds=np.full((1, 3), 0.4)), "thresholds of"),
        (replace(model, thresholds=np.array(["0.4"] * 3)), "thresholds of"),
        (replace(model, share=float("inf")), "share is not finite"),
        (replace(model, around=(0.1, 0.1, 0.1)), "around of"),
        (replace(model, tags=("goal", "goal", "land")), "not different names"),
        (replace(model, features=Features(model.features.names, model.features.rarity[:, None])), "rarity of"),
    ):
        with pytest.raises(ValueError, match=what):
            save_model(broken, path)
        assert not path.exists(), "what cannot be read again is not written"
        skops.io.dump(_state(broken), path)
        with pytest.raises(ModelError, match=f"damaged.*{what}"):
            load_model(path)
        path.unlink()


def test_a_model_that_would_fill_memory_is_refused(model, tmp_path) -> None:
    path = tmp_path / "m.skops"
    save_model(model, path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def refused(schema: bytes, what: str, packed: int = zipfile.ZIP_DEFLATED) -> None:
        with zipfile.ZipFile(path, "w", packed) as archive:
            for name, content in {**parts, "schema.json": schema}.items():
                archive.writestr(name, content)
        with pytest.raises(ModelError, match=what):
            load_model(path)

    refused(b"[" + b"[]," * 7_000_000 + b"[]]", "more than a model can be")
    refused(parts["schema.json"], "packed otherwise", zipfile.ZIP_LZMA)


def test_an_array_that_many_nodes_name_is_read_once(tmp_path) -> None:
    path = tmp_path / "m.skops"
    array = {"__loader__": "NdArrayNode", "__module__": "numpy", "__class__": "ndarray", "file": "1.npy"}
    key = {"__loader__": "TypeNode", "__module__": "builtins", "__class__": "str"}
    schema = {"__loader__": "DictNode", "__module__": "builtins", "__class__": "dict",
              "key_types": {"content": [key, key]}, "content": {"a": array, "b": array}}  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
        with archive.open("1.npy", "w") as out:
            np.save(out, np.zeros(4))
    state = read_state(path)
    assert state["a"] is state["b"]


def _state(model) -> dict:
    return {
        "format": 4, "tags": list(model.tags), "features": "\n".join(model.features.names), "blocks": list(BLOCKS),
        "rarity": model.features.rarity, "weights": model.weights, "bias": model.bias, "share": model.share,
        "prior": model.prior, "around": list(model.around), "thresholds": model.thresholds,
        "first": list(model.first), "others": list(model.others), "made": model.made,
    }  # fmt: skip


def test_a_very_long_clause_is_learned_from_and_its_model_is_read_again(small, tmp_path) -> None:
    """The middle of a long clause is left out; what stands at the seam must not break the list of features."""
    long = [replace(clause, text=clause.text * 60) for clause in small]
    save_model(train(long, tags=SMALL_TAGS), tmp_path / "m.skops")
    assert load_model(tmp_path / "m.skops").tags == SMALL_TAGS


def test_another_format_is_refused(tmp_path) -> None:
    skops.io.dump({"format": 99}, tmp_path / "new.skops")
    with pytest.raises(ModelError, match="model format 99"):
        load_model(tmp_path / "new.skops")


def test_a_missing_model_is_a_clear_error(tmp_path) -> None:
    with pytest.raises(ModelError, match="no model file there"):
        Tagger.load(tmp_path / "none.skops")


def test_an_old_model_says_so(model, tmp_path) -> None:
    path = tmp_path / "old.skops"
    save_model(replace(model, made={**model.made, "scikit-learn": "0.1.0"}), path)
    with pytest.warns(UserWarning, match=r"made with scikit-learn 0\.1\.0"):
        load_model(path)


def test_a_model_file_holds_no_code(model, tmp_path) -> None:
    save_model(model, tmp_path / "m.skops")
    assert skops.io.get_untrusted_types(file=tmp_path / "m.skops") == []
    assert all(name.endswith((".json", ".npy")) for name in zipfile.ZipFile(tmp_path / "m.skops").namelist())


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("（一）下放权限。", "bracket", "下放权限。"),
        ("一是下放权限。", "running", "下放权限。"),
        ("三、下放权限", "main", "下放权限"),
        ("第十二条　本办法", "article", "本办法"),
        ("1．综合办公室；", "digit", "综合办公室；"),
        ("2.5亿元资金", "", "2.5亿元资金"),
        ("一般情况下", "", "一般情况下"),
    ],
)
def test_labels_are_taken_off(text, label, rest) -> None:
    assert split_label(fold(text)) == (label, fold(rest))


def test_lead_is_the_first_point() -> None:
    assert lead_of("加强组织领导。成立领导小组。") == "加强组织领导"


def test_width_and_spaces_do_not_matter() -> None:
    a = ClauseContext("（一） 返还 50％ 的税收。")
    b = ClauseContext("(一)返还50%的税收。")
    assert blocks_of(a) == blocks_of(b)


def test_marks_and_positions() -> None:
    assert marks_of(delegations=2, institutions=1, times=["date", "date"]) == (
        "time-date",
        "delegations",
        "institution",
    )
    assert [position_of(n, 3) for n in range(3)] == [0.0, 0.5, 1.0]
    assert position_of(0, 1) == 0.0


def test_features_scale_each_block_to_its_own_length() -> None:
    rows = [blocks_of(ClauseContext("税收返还。" * n, ("一、财政",))) for n in (1, 2, 30)]
    matrix = Features.fit(rows).matrix(rows)
    sizes = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    assert sizes == pytest.approx(sizes[0], rel=0.2)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of six written clauses a tag."""
    chosen: dict[str, list[str]] = {tag: [] for tag in TAGS}
    for path in sorted(shipped_clauses().glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            rows = chosen[json.loads(line)["tags"][0]]
            if len(rows) < 6:
                rows.append(line)
    file = tmp_path_factory.mktemp("clauses") / "few.jsonl"
    file.write_text("\n".join(line for rows in chosen.values() for line in rows), "utf-8")
    return file


def test_commands_train_and_evaluate(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "few.skops"
    assert run(["train", "--clauses", str(few), "--out", str(model)]) == 0
    said = capsys.readouterr()
    assert "from 120 clauses" in said.out
    assert "corpora/hashed" not in said.err, "nobody who brings clauses misses ours"
    again = tmp_path / "again.skops"
    assert run(["train", "--clauses", str(few), "--out", str(again), "--seed", "1"]) == 0
    assert load_model(again).first != load_model(model).first, "the seed shuffles the folds"
    capsys.readouterr()
    pictures = tmp_path / "pictures"
    assert run(["evaluate", "--clauses", str(few), "--model", str(model), "--figures", str(pictures)]) == 0
    assert "clauses 120 · main tag right" in capsys.readouterr().out
    assert {path.name for path in pictures.iterdir()} == {"confusion.svg", "calibration.svg"}


def test_training_without_the_texts_works_and_says_so(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a fresh clone: the labels by hash are there, the documents are not."""
    monkeypatch.setattr("policyparse.train.clauses.shipped_clauses", lambda: few)
    assert run(["train", "--out", str(tmp_path / "m.skops")]) == 0
    said = capsys.readouterr()
    assert "corpora/hashed" in said.err
    assert load_model(tmp_path / "m.skops").made["read"] == "0"
    assert run(["train", "--texts", str(tmp_path), "--out", str(tmp_path / "m.skops")]) == 2
    assert "none of the documents" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--model", "m.skops"],
        ["--with-and-without"],
        ["--learners", "--figures", "pictures"],
        ["--clauses", "c.jsonl", "--texts", "."],
        ["--clauses", "c.jsonl", "--labels", "l.jsonl", "--texts", "."],
    ],
)
def test_options_that_would_do_nothing_are_refused(arguments: list[str]) -> None:
    assert run(["evaluate", *arguments]) == 2


def test_clauses_that_are_not_utf8_are_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "gb.jsonl"
    file.write_bytes('{"text": "很好。", "tags": ["goal"]}'.encode("gb18030"))
    with pytest.raises(CorpusError, match="not UTF-8 text"):
        read_clauses(file)
