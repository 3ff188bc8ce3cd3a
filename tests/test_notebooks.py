"""Every notebook runs from the first cell to the last, and its tables are not empty."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.name)
def test_notebook_runs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [cell for cell in code[1:] if cell.outputs]
    assert len(shown) == len(code) - 1, "every cell after the imports shows something"
    for cell in shown:
        assert "Empty DataFrame" not in str(cell.outputs)
        assert cell.outputs[-1]["data"]["text/plain"].strip() not in ("[]", "{}")
