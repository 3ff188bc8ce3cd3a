"""The command line: what it prints where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from corpus_builder import pilot_corpus

from policyparse.cli import COMMANDS, run
from policyparse.corpus import Corpus


@pytest.fixture
def pilots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with Corpus.open(tmp_path / "pilots", create=True) as corpus:
        for each in pilot_corpus():
            corpus.add(each)
    monkeypatch.setenv("POLICYPARSE_CORPUS", str(tmp_path / "pilots"))
    return tmp_path / "pilots"


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "notices" / "notice.txt"
    path.parent.mkdir()
    path.write_text(
        "云岭县人民政府关于扩大白河镇管理权限的通知\n\n各乡镇人民政府：\n"
        "一、下放权限\n县政府将乡村建设规划许可权委托给白河镇行使，由县发展和改革局于2011年5月底前办理移交。\n"
        "二、加强监督\n县监察局负责监督检查。\n\n云岭县人民政府\n2011年3月8日\n",
        encoding="gb18030",
    )
    return path


def plan() -> str:
    return pilot_corpus()[0].id


def test_parse_prints_a_document_a_line(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parse", str(notice)]) == 0
    out, err = capsys.readouterr()
    (document,) = [json.loads(line) for line in out.splitlines()]
    assert document["title"] == "云岭县人民政府关于扩大白河镇管理权限的通知"
    assert err == ""


def test_parse_names_what_it_leaves(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (notice.parent / "empty.txt").write_bytes(b"")
    assert run(["parse", str(notice.parent), str(notice.parent / "none.txt")]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert len(err.splitlines()) == 2
    assert "empty.txt" in err
    assert "none.txt" in err


def test_import_search_and_back_to_the_clause(notice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--corpus", str(tmp_path / "new")]
    assert run(["import", str(notice.parent), *where]) == 0
    assert "imported 1" in capsys.readouterr().out
    assert run(["import", str(notice.parent), *where]) == 0
    assert "known from before 1" in capsys.readouterr().out
    assert run(["search", '"规划许可权委托"', "--json", *where]) == 0
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    assert run(["show", hit["id"], "--source", *where]) == 0
    shown = capsys.readouterr().out
    assert hit["text"].replace("\n", " ") in shown
    assert str(notice) in shown


def test_import_report(notice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--corpus", str(tmp_path / "new")]
    (notice.parent / "empty.txt").write_bytes(b"")
    assert run(["import", str(notice.parent), "--json", *where]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["left"][0]["code"] == "empty"
    assert len([line for line in err.splitlines() if line.startswith("policyparse:")]) == 1
    assert run(["imports", "files", "--status", "failed", *where]) == 0
    assert "empty.txt\tfailed\tempty" in capsys.readouterr().out
    assert run(["imports", "files", "--json", *where]) == 0
    assert {record["status"] for record in json.loads(capsys.readouterr().out)} == {"done", "failed"}


def test_search_prints_a_line_a_hit_in_a_pipe(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "委托协议书", "--place", "浙江"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    identity, title, path, text = line.split("\t")
    assert identity == f"{plan()}#c2"
    assert (title, path) == ("青岭县柳溪镇扩权强镇试点实施方案", "二、主要任务 › （一）下放管理权限")
    assert "委托协议书" in text


def test_search_json_is_stable(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "委托协议书", "--json", "--limit", "1"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert set(results) == {"query", "total", "documents", "offset", "hits", "facets", "more", "advice", "advice_zh"}
    assert set(results["hits"][0]) == {
        "id", "document", "clause", "what", "title", "path", "start", "end", "text", "highlights", "tags", "score",
        "kind", "doc_number", "date", "place", "level", "issuers", "copies", "copy_ids",
    }  # fmt: skip
    assert results["more"] is True


def test_nothing_found_is_no_error_and_says_what_to_try(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "下放 火星"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "火星" in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["search", '"下放'], 2),
        (["search", "下放", "--tag", "nonsense"], 2),
        (["search", "下放", "--year", "abc"], 2),
        (["search", "下放", "--corpus", "no/such/corpus"], 2),
        (["show", "zzzz"], 2),
        (["show", ""], 2),
        (["show"], 2),
        (["nonsense"], 2),
        (["search", "--limit", "0"], 2),
        (["compare", "zzzz", "yyyy"], 2),
        (["compare"], 2),
        (["export", "--format", "doc"], 2),
        (["import"], 2),
        (["import", "no/such/file.txt"], 1),
        (["parse", "no/such/file.txt"], 1),
        (["search", "x", "--vocab", "no/such/folder"], 2),
    ],
)
def test_a_mistake_is_one_plain_line(
    arguments: list[str], code: int, pilots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    err = capsys.readouterr().err
    assert len([line for line in err.splitlines() if line.startswith("policyparse:")]) == 1
    assert err.startswith("policyparse: ")
    assert "Traceback" not in err


def test_show_has_every_table(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", plan()[:8]]) == 0
    out = capsys.readouterr().out
    for words in ("青政发〔2009〕18号", "青岭县发展和改革局\t县发改局", "2010年6月底前\tdeadline\t../2010-06-30",
                  "乡村建设规划许可权限\t县政府\t柳溪镇", "县委组织部\tresponsible\t督促检查", pilot_corpus()[4].id):  # fmt: skip
        assert words in out
    assert run(["show", plan(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == plan()


def test_compare_marks_what_was_changed(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [plan(), pilot_corpus()[1].id]
    assert run(["compare", *both]) == 0
    assert "下放到【柳溪】镇" in capsys.readouterr().out
    assert run(["compare", *both, "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result["pairs"][0]["one"] == f"{plan()}#c2"


def test_compare_by_query_and_into_a_file(pilots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--where", "kind:plan level:town", "--table", "items"]) == 0
    assert "乡村建设规划许可权限" in capsys.readouterr().out
    assert run(["compare", plan(), "--table", "timeline", "--output", str(tmp_path / "t.xlsx")]) == 0
    assert (tmp_path / "t.xlsx").exists()


def test_export_into_files_and_into_a_pipe(pilots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "--format", "xlsx", "--output", str(tmp_path / "all.xlsx")]) == 0
    assert run(["export", "--format", "csv", "--output", str(tmp_path / "csv"), "--where", "kind:reply"]) == 0
    assert len((tmp_path / "csv" / "documents.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
    capsys.readouterr()
    assert run(["export", "--format", "jsonl", "--table", "delegations"]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert row["clause"] == f"{plan()}#c2"


def test_a_damaged_database_is_one_plain_line(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (pilots / "corpus.sqlite").read_bytes()
    for damaged in (b"no database at all", whole[:5000], whole[:8192] + bytes(len(whole) - 8192)):
        (pilots / "corpus.sqlite").write_bytes(damaged)
        for command in (["search", "下放"], ["show", plan()], ["imports"], ["reindex"]):
            code = run(command)
            err = capsys.readouterr().err
            assert code in (0, 2)
            assert len(err.splitlines()) <= 1
            assert "Traceback" not in err


def test_without_arguments_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Examples" in capsys.readouterr().err


def test_reindex(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reindex"]) == 0
    assert "6 documents" in capsys.readouterr().out


# -- help ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_every_command_has_help_with_examples(command: click.Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.name is not None
    assert run([command.name, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Examples" in out
    assert f"policyparse {command.name}" in out
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def in_language(language: str, *arguments: str) -> str:
    environment = {**os.environ, "LC_ALL": language, "POLICYPARSE_LANG": "", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", "from policyparse.cli import main; main()", *arguments],
        env=environment, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip


def test_help_is_in_the_language_of_the_locale() -> None:
    chinese = in_language("zh_CN.UTF-8", "search", "--help")
    assert "用法：" in chinese
    assert "示例" in chinese
    assert "Show this" not in chinese
    english = in_language("en_GB.UTF-8", "search", "--help")
    assert "Usage:" in english
    assert "Examples" in english


def test_a_closed_pipe_is_no_error(pilots: Path) -> None:
    command = f"{sys.executable} -c 'from policyparse.cli import main; main()' export --format jsonl --table clauses"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"], capture_output=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_the_terminal(width: int, pilots: Path) -> None:
    import pty

    from rich.cells import cell_len
    from rich.text import Text

    for arguments in (["search", "下放"], ["show", plan()], ["compare", plan(), pilot_corpus()[1].id], ["imports"]):
        leader, follower = pty.openpty()
        done = subprocess.run(
            [sys.executable, "-c", "from policyparse.cli import main; main()", *arguments],
            stdout=follower, stderr=subprocess.PIPE, check=False,
            env={**os.environ, "COLUMNS": str(width), "TERM": "xterm", "POLICYPARSE_LANG": "zh"},
        )  # fmt: skip
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 65536):
                shown += chunk
        except OSError:
            pass
        os.close(leader)
        assert done.returncode == 0, done.stderr
        lines = Text.from_ansi(shown.decode("utf-8", "replace")).plain.splitlines()
        assert max((cell_len(line.rstrip()) for line in lines), default=0) <= width


def test_a_title_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from policyparse.cli import tables

    for terminal in (False, True):
        monkeypatch.setattr(tables, "in_terminal", lambda terminal=terminal: terminal)
        tables.show_table("甲\x1b[2J方案", ["乙\x1b]0;x\x07方案", "n"], [["\x1b[1m丙", "1"]], wide="乙\x1b]0;x\x07方案")
        shown = capsys.readouterr().out
        assert "\x1b" not in shown
        assert "方案" in shown
