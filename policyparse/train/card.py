"""The card that stands beside a model of own tags: what was coded, how far the coders agree, how well the model does.

In: Scheme, Coded, Evaluation, Model. Out: Markdown. Touches nothing.
"""

from __future__ import annotations

from policyparse.tag import Model
from policyparse.train.coding import Coded, Scheme
from policyparse.train.evaluation import Evaluation, as_text, confusion_table

# Below this κ a scheme is usually sent back to its definitions (Krippendorff: 0.667 for tentative conclusions).
LOW_AGREEMENT = 0.667


def scheme_card(scheme: Scheme, coded: Coded, figures: Evaluation, model: Model) -> str:
    """The card as Markdown."""
    lines = [f"# Model of own tags: {scheme.name}", ""]
    lines += [f"- **{tag}** {scheme.names[tag]}: {scheme.definitions[tag]}".rstrip(": ") for tag in scheme.tags]
    made = ", ".join(f"{name} {value}" for name, value in sorted(model.made.items()))
    lines += ["", f"Made of {len(coded.clauses)} coded clauses ({made}).", "", "## Agreement of coders", ""]
    lines += [*agreement_lines(coded), "", "## Cross-validated by document", "", as_text(figures), ""]
    lines += ["Confusion between main tags:", "", confusion_table(figures), ""]
    return "\n".join(lines)


def agreement_lines(coded: Coded) -> list[str]:
    """The agreement in lines, with what was left out."""
    found = coded.agreement
    out = []
    if found is None:
        out.append("One coder: no agreement can be told. Have at least 150 clauses coded by a second person.")
    else:
        name = "Cohen's κ" if len(found.coders) == 2 else "Fleiss' κ"
        out.append(
            f"{found.units} clauses by {', '.join(found.coders)}: the same main tag in {found.same:.3f} of pairs, "
            f"{name} {_shown(found.kappa)}, Krippendorff's α {_shown(found.alpha)}"
        )
        if len(found.coders) > 2:
            out += [f"- {one}, {other}: κ {_shown(kappa)}" for (one, other), kappa in found.by_pair.items()]
        if found.alpha is not None and found.alpha < LOW_AGREEMENT:
            out.append(f"α below {LOW_AGREEMENT}: look at the definitions before trusting the model.")
    if coded.split:
        out.append(f"Left out, coders split and no column final (定稿): {len(coded.split)}")
    if coded.uncoded:
        out.append(f"Without a tag: {coded.uncoded}")
    return out


def _shown(number: float | None) -> str:
    return "–" if number is None else f"{number:.3f}"
