"""The README's commands print what the README says, and the two READMEs say the same.

`pytest tests/test_readme.py --rewrite` puts what the commands print now into both files (and fails).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
SECONDS = re.compile(r"\d+\.\d(?= s\b| 秒)")
# every few seconds a long import says how far it is; how often depends on the machine
PROGRESS = re.compile(
    r"^(?:[\d,]+ of [\d,]+ files|[\d,]+ / [\d,]+ 个文件|looking at the folders|正在查看文件夹).*\n", re.MULTILINE
)
READMES = (("README.md", "C.UTF-8"), ("README.zh-CN.md", "zh_CN.UTF-8"))


def run(command: str, folder: Path, language: str) -> str:
    """What `command` prints on both streams, in `folder`, which holds corpora/ and demo-corpus/."""
    scripts = sysconfig.get_path("scripts")
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"], "LANG": language, "COLUMNS": "100"}
    for name in ("LC_ALL", "LANGUAGE", "LC_MESSAGES", "POLICYPARSE_CORPUS"):
        environment.pop(name, None)
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return SECONDS.sub("…", PROGRESS.sub("", done.stdout.replace(str(folder) + "/", "")))


@pytest.mark.parametrize(("name", "language"), READMES)
def test_commands_print_what_the_readme_says(
    name: str, language: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    text = (ROOT / name).read_text("utf-8")
    blocks = [block for block in BLOCK.finditer(text) if not block["command"].startswith("make")]
    assert len(blocks) >= 5
    for block in blocks:
        printed = run(block["command"], tmp_path, language)
        if request.config.getoption("--rewrite"):
            text = text.replace(block.group(), f"```console\n$ {block['command']}\n{printed}```")
        else:
            assert printed == block["output"], block["command"]
    if request.config.getoption("--rewrite"):
        (ROOT / name).write_text(text, "utf-8")
        pytest.fail(f"{name} was written anew")


def test_the_readmes_python_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name, _ in READMES:
        blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
        assert len(blocks) == 2
        for block in blocks:
            exec(compile(block, name, "exec"), {})
            assert capsys.readouterr().out.strip()


def test_make_demo_shows_a_search_a_document_and_a_comparison(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    # -o: the environment that runs this test is the one to use
    command = ["make", "demo", "-o", ".venv/installed", f"BIN={sysconfig.get_path('scripts')}", f"DEMO={tmp_path}/demo"]
    environment = {**os.environ, "POLICYPARSE_LANG": "en"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for part in ("new documents: 17", "石桥镇扩权强镇试点实施方案", "# Delegated items", "# Documents", "# By tag"):
        assert part in done.stdout


def test_both_readmes_show_the_same_commands_and_headings() -> None:
    texts = [(ROOT / name).read_text("utf-8") for name, _ in READMES]
    commands = [[block["command"] for block in BLOCK.finditer(text)] for text in texts]
    assert commands[0] == commands[1]
    levels = [[len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)] for text in texts]
    assert levels[0] == levels[1]


def test_every_command_stands_in_the_readme() -> None:
    from policyparse.cli import COMMANDS

    text = (ROOT / "README.md").read_text("utf-8")
    assert [command.name for command in COMMANDS if f"policyparse {command.name}" not in text] == []
