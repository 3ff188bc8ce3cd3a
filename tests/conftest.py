"""What all tests share: where ../shared is, the flag that rewrites golden files."""

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
