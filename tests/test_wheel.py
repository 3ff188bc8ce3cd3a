"""A wheel built from the checkout carries the vocabulary and the model, and works away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "corpora/samples/04-贵州-关于同意列为试点镇的批复.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(folder),
            str(ROOT),
        ],
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_vocabulary_model_and_schema(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    vocabulary = {f"policyparse/vocab/{path.name}" for path in (ROOT / "policyparse/vocab").glob("*.csv")}
    assert vocabulary <= names
    assert {"policyparse/models/clauses.skops", "policyparse/document.schema.json", "policyparse/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "corpora/", "notebooks/"))]


def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    shutil.copy(SAMPLE, work / "批复.txt")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True
    )
    script = (
        "import policyparse, policyparse.tag, pathlib;"
        f"assert pathlib.Path(policyparse.__file__).is_relative_to({str(site)!r}), policyparse.__file__;"
        "from policyparse.cli import main; main(['parse', '批复.txt'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["doc_number"] == "黔发改函〔2013〕206号"
    assert all(clause["tags"] for clause in document["clauses"])
