"""What all tests share: where ../shared is, the flag that rewrites golden files, a corpus of the samples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the golden files anew; the run fails while it does")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ../shared. Without it its tests skip; in CI, where it is there, they may not."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: this test measures on the developers' documents")
    if not (SHARED / "seeds").is_dir() and os.environ.get("CI"):
        pytest.fail("../shared is here but holds no seeds")
    return SHARED


@pytest.fixture(scope="session")
def sample_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a corpus that holds corpora/samples; not to be written to (copy it)."""
    from policyparse.batch import import_files
    from policyparse.corpus import Corpus

    directory = tmp_path_factory.mktemp("samples") / "corpus"
    with Corpus.open(directory, create=True) as corpus:
        import_files(corpus, [ROOT / "corpora" / "samples"], keep_originals=True)
    return directory
