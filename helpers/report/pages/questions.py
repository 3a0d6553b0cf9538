"""Describe questions and answers: what is answered, and what isn't and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.blocks import Block
from helpers.report.charts.bars import bars, stacked_bars
from helpers.report.charts.picture import Picture
from helpers.report.display_names import listed, named_first, system_names_in_text
from helpers.report.tables import table
from helpers.share import Guard, shown_answers, shown_shares, suppress_complement
from helpers.standard import Measured, plain

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = [
    "communication_chart",
    "communication_table",
    "families_in_words",
    "missing_sentences",
    "platforms_chart",
    "question_lines",
    "question_table",
    "quoted_table",
    "reason_text",
]

STATUS_WORDS = {"Answered": "yes", "Partly": "partly", "Not answerable": "no"}
WHY_WORDS = {
    "Not permitted": "you may not see it",
    "Not collected": "no system has it",
    "Not joined": "the systems aren't linked",
    "Not fresh": "it is too old",
    "Not said": "the system records nothing",
    "Concerns nobody": "it is about no child whom we know",
}
READ = "read at home"
# Systems that a sentence about missing data names.
_MOST_NAMED = 2
OF_FAMILIES = {
    "No adult on record": "no adult on record",
    "Not joined to the portal": "child not linked to the portal",
    "No message about it": "no message about it",
    "Language not asked for": "in another language",
    "Sent and not opened": "sent and not opened",
}


def reason_text(why: object) -> str:
    """Explain briefly why a question isn't answered for a child.

    >>> reason_text("Not joined"), reason_text(None)
    ("the systems aren't linked", '–')
    """
    return WHY_WORDS.get(str(why), str(why)) if isinstance(why, str) else "–"


def missing_sentences(missing: pd.DataFrame, layouts: Mapping[str, Layout], most: int = 3) -> list[str]:
    """Name the first data that no file has, and how many questions each would answer.

    Parameters
    ----------
    missing
        Table ``missing_data``.
    layouts
        Layout of each of the district's systems.
    most
        Rows to name.
    """
    names = system_names_in_text(layouts)
    lines = []
    for place, row in enumerate(missing.head(most).to_dict("records")):
        data = str(row["data"]).split("; ")
        given = [names.get(silo, silo) for silo in str(row["silos"]).split("; ")] if row["silos"] else []
        given = (
            [*given[:_MOST_NAMED], f"{len(given) - _MOST_NAMED} more"]
            if len(given) > _MOST_NAMED + 1
            else given
        )
        where = f" {'for' if row['whole_file'] else 'in'} {listed(given)}" if given else ""
        if len(data) > 1:
            by = "both together" if len(data) == 2 else "all together"
        elif row["whole_file"]:
            by = f"a file with one line for {row['row_is']}"
        else:
            by = "a column for it"
        questions = Measured("questions_unlocked", row["questions"], row["of_questions"], where=row["data"])
        more = f"{questions:bold} more" if place else f"{questions:bold count of}"
        lines.append(f"No {' and no '.join(data)}{where}: {by} would answer up to {more}.")
    return lines


def question_table(answers: pd.DataFrame, guard: Guard | None = None, *, fold: str = "") -> Block:
    """Show questions with their answers, the number of children without an answer, and why.

    Parameters
    ----------
    answers
        Table ``question_answers``.
    guard
        Guard of a real folder; small numbers are then left out.
    fold
        Label of a fold around the table, if any.

    Returns
    -------
    Block
        One row per question.
    """
    shown_rows = answers if guard is None else shown_answers(guard, answers)
    shown = pd.DataFrame(
        {
            "question": shown_rows["text"],
            "asked by": shown_rows["asked_by"].str.replace("; ", ", "),
            "answered": shown_rows["status"].map(STATUS_WORDS),
            "children it is about": shown_rows["concerned"],
            "looked for": shown_rows["children"],
            "can't be said": shown_rows["unknown"],
            "mostly because": shown_rows["why"].map(reason_text, na_action=None),
            "systems before": shown_rows["platforms_before"],
            "now": shown_rows["platforms_after"],
        }
    )
    return table(shown, "What people ask, and what the systems answer", most=60, download=True, fold=fold)


def question_lines(answers: pd.DataFrame) -> pd.DataFrame:
    """Format questions and answers for a terminal, without column names."""
    return pd.DataFrame(
        {
            "question": answers["text"],
            "answered": answers["status"].map(STATUS_WORDS).astype("string"),
            "found": answers["children"],
            "unknown": answers["unknown"],
            # In two words, so that a line has room for the question.
            "because": answers["why"].str.lower(),
        }
    )


def platforms_chart(answers: pd.DataFrame) -> Picture:
    """Chart the number of systems that one would have opened for each question.

    Parameters
    ----------
    answers
        Table ``question_answers``, at least one question.

    Returns
    -------
    Picture
        Bars: questions by the number of systems.
    """
    counted = answers["platforms_before"].astype("int64").value_counts().sort_index()
    several = int(counted[counted.index > 1].sum())
    most = int(counted.index.max())
    return bars(
        {
            plain(f"{Measured('systems_opened', int(str(number))):count}"): int(count)
            for number, count in counted.items()
        },
        title=f"{Measured('questions_spread', several, len(answers)):count of} need data from 2 to "
        f"{Measured('systems_opened', most):count}",
        unit="questions",
        caption="Systems of this district with data that a question needs. Once linked, one place answers.",
        ordered=False,
        digits=0,
    )


def communication_chart(informed: pd.DataFrame, guard: Guard | None = None) -> Picture:
    """Chart what families read of what systems record, by topic, and why not.

    Parameters
    ----------
    informed
        Table ``families_informed``.
    guard
        Guard of a real folder.

    Returns
    -------
    Picture
        One stacked bar per topic: read at home, and the reasons why not.
    """
    from helpers.gaps import family_terms

    by_domain = informed[informed["group_by"].isna() & informed["domain"].notna()]
    titles = {domain.name: domain.title for domain in family_terms().domain}
    words = {"read": READ, **OF_FAMILIES}
    rows = {}
    for domain, its in by_domain.groupby("domain", sort=False):
        numbers = its.set_index("measure")["numerator"]
        rows[titles.get(str(domain), str(domain))] = {
            word: int(numbers.get(measure, 0)) for measure, word in words.items()
        }
    read = {name: counts[READ] / max(sum(counts.values()), 1) for name, counts in rows.items()}
    order = sorted(rows, key=lambda name: -read[name])
    worst = [name for name in order if not rows[name][READ]]
    title = f"Families read most about {named_first(order, [read[name] for name in order], 2)}"
    if len(worst) == len(order):
        title = "Families read about no topic"
    elif worst:
        title += f"; {len(worst)} of {len(order)} topics reached no family"
    return stacked_bars(
        {name: rows[name] if guard is None else suppress_complement(guard, rows[name]) for name in order},
        title=title,
        unit="children",
        parts=tuple(words.values()),
        caption="Children about whom some system records it. Read: an adult opened a message in the "
        "language that the family asked for, or looked into a portal linked to the child. No system "
        "records talks.",
        guard=guard,
    )


def families_in_words(informed: pd.DataFrame) -> pd.DataFrame:
    """Describe topics that families could know about, and what became of them."""
    from helpers.gaps import family_terms

    titles = {domain.name: domain.title for domain in family_terms().domain}
    words = {"read": READ, **OF_FAMILIES}
    described = informed.assign(
        domain=informed["domain"].replace(titles).fillna("all topics"),
        measure=informed["measure"].replace(words),
    )
    return described.rename(
        columns={"domain": "what", "measure": "at home", "numerator": "children", "denominator": "of"}
    )


def communication_table(informed: pd.DataFrame, guard: Guard | None = None) -> Block:
    """Show how many families could know, with numerator and denominator.

    Parameters
    ----------
    informed
        Table ``families_informed``.
    guard
        Guard of a real folder; small groups are then hidden.

    Returns
    -------
    Block
        One row per topic and measure, all families together.
    """
    shares = informed if guard is None else shown_shares(guard, informed)
    shown = shares[shares["group_by"].isna()].assign(percent=100 * shares["share"])
    shown = shown[["domain", "measure", "numerator", "denominator", "percent"]]
    return table(
        families_in_words(shown), "Families who could know", units={"percent": "percent"}, most=24,
        download=True,
    )  # fmt: skip


def quoted_table(figures: pd.DataFrame) -> Block:
    """Show published survey figures, separate from what the kit measures.

    Parameters
    ----------
    figures
        Table ``quoted_figures``.

    Returns
    -------
    Block
        One row per figure, with its source and how not to use it.
    """
    shown = figures[["asked", "claim", "figure", "source", "strength", "caution"]]
    return table(
        shown, "Quoted from published surveys, not results of this district", units={"figure": "percent"},
        names={"asked": "who was asked", "strength": "strength of the source"},
    )  # fmt: skip
