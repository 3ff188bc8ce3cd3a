"""`python -m policyparse.train`: train, evaluate, compare — the same calls as `policyparse train` and `evaluate`.

    python -m policyparse.train train [--clauses DIR] [--out models/clauses.skops]
    python -m policyparse.train evaluate [--clauses DIR] [--model FILE] [--figures DIR]   no --clauses: cross-validation
    python -m policyparse.train compare [--clauses DIR]                   every learner, nested cross-validation

In: labelled clauses. Out: tables on standard output, the model file. Touches: those files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policyparse.passing import PolicyparseError
from policyparse.tag import load_model, save_model, shipped_model
from policyparse.train import as_text, compare, confusion_table, cross_validate, evaluate, read_clauses, train
from policyparse.train.evaluation import comparison_table
from policyparse.train.figures import calibration_svg, confusion_svg


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m policyparse.train", description="Make and judge the classifier.")
    parser.add_argument("what", choices=["train", "evaluate", "compare"])
    parser.add_argument(
        "--clauses", type=Path, help="a .jsonl file or a folder of them (the written clauses if left out)"
    )
    parser.add_argument("--model", type=Path, help="the model to evaluate on --clauses")
    parser.add_argument("--out", type=Path, help="where the trained model goes (models/clauses.skops if left out)")
    parser.add_argument("--figures", type=Path, help="a folder for the confusion and calibration pictures (SVG)")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        clauses = read_clauses(given.clauses)
        if given.what == "train":
            out = given.out or shipped_model()
            save_model(train(clauses, seed=given.seed), out)
            print(f"{out}: {out.stat().st_size / 1e6:.1f} MB from {len(clauses)} clauses")
        elif given.what == "compare":
            results = compare(clauses, seed=given.seed, told=lambda line: print(line, file=sys.stderr))
            print(comparison_table(results))
        else:
            if given.clauses:
                figures = evaluate(load_model(given.model or shipped_model()), clauses)
            else:
                figures = cross_validate(clauses, seed=given.seed)
            print(as_text(figures), confusion_table(figures), sep="\n\n")
            if given.figures:
                given.figures.mkdir(parents=True, exist_ok=True)
                (given.figures / "confusion.svg").write_text(confusion_svg(figures), encoding="utf-8")
                (given.figures / "calibration.svg").write_text(calibration_svg(figures), encoding="utf-8")
    except PolicyparseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
