"""Record cards on one sheet: what each system knows of somebody, to be cut out and sorted by hand."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from helpers.report.blocks import banner, escape
from helpers.report.theme import page_css

__all__ = ["record_cards_page"]

ROWS = (
    ("name", "Name"),
    ("birth_date", "Born"),
    ("school", "School"),
    ("grade", "Grade"),
    ("number", "Number"),
)

# Four cards in a row on Letter and on A4 alike; a dashed line is where the scissors go.
SHEET = """
@page { size: landscape; margin: 8mm; }
.sheet { max-width: 1080px; }
.deck { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 0; list-style: none;
  padding: 0; margin: 16px 0; max-width: none; }
.deck > li { border: 1px dashed var(--muted); margin: -1px 0 0 -1px; padding: 8px 12px; break-inside: avoid;
  font-size: 14px; line-height: 1.35; }
.deck h3 { display: flex; justify-content: space-between; align-items: baseline; margin: 0 0 4px; gap: 8px; }
.deck h3 b { font-size: 20px; font-variant-numeric: tabular-nums; }
.deck h3 span { font-weight: 400; color: var(--muted); }
.deck dl { display: grid; grid-template-columns: 52px 1fr; gap: 0 8px; margin: 0; max-width: none; }
.deck dt { color: var(--muted); }
.deck dd { margin: 0; overflow-wrap: anywhere; }
.deck dd.card-name { font-weight: 650; }
@media print {
  .deck { grid-template-columns: repeat(4, 1fr); margin: 0; }
  .deck > li { font-size: 8.5pt; line-height: 1.25; padding: 3px 8px; }
  .deck h3 { margin: 0 0 2px; }
  .deck h3 b { font-size: 13pt; }
  .deck dl { grid-template-columns: 50px 1fr; }
  .sheet main, main.sheet { max-width: none; padding: 0; }
  .how { break-before: page; }
}
"""


def record_cards_page(
    cards: pd.DataFrame, about: Mapping[str, object], names: Mapping[str, str], *, piles_file: str
) -> str:
    """Lay record cards out on one sheet, with what the team does on a second one."""
    items = "\n".join(_card(card, names) for card in cards.to_dict("records"))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who is who? {len(cards)} record cards</title>
<style>{page_css()}{SHEET}</style>
</head>
<body>
{banner(about).markup}
<main class="sheet" id="main">
<ol class="deck">
{items}
</ol>
<section class="how">
<h1>Which of these {len(cards)} cards are one child?</h1>
<p>Each card is what one system has written down of somebody. An empty line is something that this system
doesn't ask. Cut the cards out and put those on one pile that are one child. Not every child is on more than
one card, and nobody tells you how many children there are.</p>
<ol>
<li>One team, one set of cards, one watch. No laptop.</li>
<li>When you don't agree, leave the cards apart: a child who is missed can be found later; one who is joined
to another child's record isn't noticed.</li>
<li>Note the seconds from the first card to the last.</li>
<li>Type the piles into <code>{escape(piles_file)}</code>: a line a card, any word for the pile; leave it
empty for a card that lies alone. The seconds go into one of your team's lines.</li>
</ol>
<p class="muted">Then notebook 03 says how right each team was, how far two teams agree, and puts you beside
the machine, on these same cards.</p>
</section>
</main>
</body>
</html>
"""


def _card(card: Mapping[Hashable, object], names: Mapping[str, str]) -> str:
    system = names.get(str(card["silo"]), str(card["silo"]))
    lines = "".join(
        f'<dt>{title}</dt><dd class="card-{column}">{_said(card[column])}</dd>' for column, title in ROWS
    )
    return (
        f"<li><h3><b>{escape(str(card['card']))}</b><span>{escape(system)}</span></h3><dl>{lines}</dl></li>"
    )


def _said(value: object) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else "&nbsp;"
