"""The year in one picture: a bar a month for the days that were missed, drawn as text inside the page."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from helpers.show.tokens import colour

__all__ = ["year_picture"]

WIDTH, HEIGHT = 340, 132
LEFT, RIGHT, TOP, BOTTOM = 4, 4, 16, 34
LEAST_SCALE = 4  # days: a single missed day doesn't fill the picture


def year_picture(
    months: Sequence[str], known: Sequence[int], unknown: Sequence[int], tests: Sequence[int], alt: str
) -> Markup:
    """Draw the months of a year.

    Parameters
    ----------
    months
        Short names of the months, in order.
    known, unknown
        Days missed in each month: for a reason that is known, and for one that isn't, which is hatched.
    tests
        Tests taken in each month: a ring below the month.
    alt
        The finding, for whoever doesn't see the picture.

    Returns
    -------
    markupsafe.Markup
        One ``svg``; every text in it is escaped.
    """
    step = (WIDTH - LEFT - RIGHT) / max(len(months), 1)
    base = HEIGHT - BOTTOM
    most = max([LEAST_SCALE, *(one + other for one, other in zip(known, unknown, strict=True))])
    unit = (base - TOP) / most
    ink, paper, rule = colour("ink"), colour("paper"), colour("rule")
    parts = [
        f'<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse">'
        f'<rect width="4" height="4" fill="{paper}"/>'
        f'<path d="M0 4L4 0" stroke="{ink}" stroke-width="1"/></pattern></defs>',
        f'<path d="M{LEFT} {base}H{WIDTH - RIGHT}" stroke="{rule}"/>',
    ]
    for place, (name, one, other, taken) in enumerate(zip(months, known, unknown, tests, strict=True)):
        middle = LEFT + step * (place + 0.5)
        wide = min(18.0, step * 0.6)
        top = float(base)
        for days, fill in ((one, ink), (other, "url(#hatch)")):
            if days:
                top -= days * unit
                parts.append(
                    f'<rect x="{middle - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}" '
                    f'height="{days * unit:.1f}" fill="{fill}" stroke="{ink}"/>'
                )
        if one + other:
            parts.append(_text(middle, top - 3, str(one + other)))
        parts.append(_text(middle, base + 13, name))
        if taken:
            parts.append(
                f'<circle cx="{middle:.1f}" cy="{base + 22}" r="3.5" fill="{paper}" stroke="{ink}" '
                f'stroke-width="1.5"/>'
            )
    parts.append(f"<title>{escape(alt)}</title>")
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>'
