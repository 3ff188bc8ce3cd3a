"""Figures of an evaluation as SVG: the confusion of main tags, and the calibration curve.

In: Evaluation. Out: SVG text, which needs no library to draw or to show. Touches nothing.
"""

from __future__ import annotations

from policyparse.train.evaluation import Evaluation

CELL, LEFT, TOP = 26, 110, 100


def confusion_svg(evaluation: Evaluation) -> str:
    """Gold main tags in rows, given ones in columns; the darker a cell, the larger its part of the row."""
    size = len(evaluation.tags)
    width, height = LEFT + CELL * size + 20, TOP + CELL * size + 20
    out = [_open(width, height, "Confusion between main tags: rows gold, columns given")]
    for n, tag in enumerate(evaluation.tags):
        middle = n * CELL + CELL / 2
        out.append(f'<text x="{LEFT - 8}" y="{TOP + middle + 4}" text-anchor="end">{tag}</text>')
        out.append(
            f'<text transform="translate({LEFT + middle + 4} {TOP - 8}) rotate(-60)" text-anchor="start">{tag}</text>'
        )
    for row, counts in enumerate(evaluation.confusion):
        whole = sum(counts)
        for column, count in enumerate(counts):
            part = count / whole if whole else 0.0
            shade = round(255 - 190 * part)
            colour = f"rgb({shade},{shade},255)" if row == column else f"rgb(255,{shade},{shade})"
            x, y = LEFT + column * CELL, TOP + row * CELL
            out.append(f'<rect x="{x}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" fill="{colour}"/>')
            if count:
                out.append(f'<text x="{x + CELL / 2}" y="{y + CELL / 2 + 4}" text-anchor="middle">{count}</text>')
    return "\n".join([*out, "</svg>", ""])


def calibration_svg(evaluation: Evaluation) -> str:
    """Share of first tags that the clause has by score, in tenths; the size of a point is how many clauses it stands for."""
    side, edge = 320, 50
    out = [_open(side + 2 * edge, side + 2 * edge, "Calibration of the first tag's score")]
    out.append(f'<rect x="{edge}" y="{edge}" width="{side}" height="{side}" fill="none" stroke="#999"/>')
    out.append(f'<line x1="{edge}" y1="{edge + side}" x2="{edge + side}" y2="{edge}" stroke="#bbb"/>')
    points = [(edge + side * s, edge + side * (1 - r), n) for s, r, n in evaluation.calibration]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    out.append(f'<polyline points="{line}" fill="none" stroke="#33c"/>')
    most = max((n for _, _, n in points), default=1)
    out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + 7 * n / most:.1f}" fill="#33c"/>' for x, y, n in points]
    for tick in (0.0, 0.5, 1.0):
        out.append(f'<text x="{edge + side * tick}" y="{edge + side + 18}" text-anchor="middle">{tick}</text>')
        out.append(f'<text x="{edge - 8}" y="{edge + side * (1 - tick) + 4}" text-anchor="end">{tick}</text>')
    out.append(f'<text x="{edge + side / 2}" y="{edge + side + 38}" text-anchor="middle">score</text>')
    out.append(f'<text x="{edge}" y="{edge - 12}">share right</text>')
    return "\n".join([*out, "</svg>", ""])


def _open(width: float, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="11"><title>{title}</title>'
        f'<rect width="{width}" height="{height}" fill="white"/>'
    )
