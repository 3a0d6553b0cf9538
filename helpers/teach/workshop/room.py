"""What a room learned: both quizzes of each person, the gain with its interval, and what to teach again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.files import without_guard
from helpers.standard import BadInput
from helpers.teach.workshop.quiz import LETTERS, RESULTS, WHEN, When, quiz_items

__all__ = ["RoomGain", "blank_results", "read_quiz_results", "room_gain", "scored"]

# What a trainer types for either quiz.
SPELLED: dict[str, When] = {"pre": "before", "post": "after", "before": "before", "after": "after"}
_CONFIDENCE = 0.95
_MOST_FAULTS = 5
# With fewer people, an interval says nothing but that there are few.
_FEWEST = 4


@dataclass(frozen=True)
class RoomGain:
    """What a room gained from the first quiz to the second."""

    # People with both quizzes, and those with only one.
    both: int
    only_one: tuple[str, ...]
    # Right answers of those with both, on average.
    before: float
    after: float
    gain: float
    # Interval of the gain; None if fewer than four people have both, or all gained the same.
    low: float | None
    high: float | None
    # For each item: people right before and after, of those with both, and answers after the workshop.
    items: pd.DataFrame


def _columns() -> list[str]:
    return [f"item{item.number}" for item in quiz_items()]


def blank_results(people: int) -> pd.DataFrame:
    """Return the empty table for a trainer to type in: two rows for each person."""
    rows = [(f"person {number}", when) for number in range(1, people + 1) for when in ("pre", "post")]
    frame = pd.DataFrame(rows, columns=["person", "when"], dtype="string")
    return frame.assign(**{name: pd.array([""] * len(frame), dtype="string") for name in _columns()})


def read_quiz_results(place: Path) -> pd.DataFrame:
    """Read what was typed: person, when, and a letter for each item; blank means no answer.

    A folder stands for each ``quiz_results.csv`` below it, as laptops of a room store them.
    """
    files = sorted(place.rglob(RESULTS)) if place.is_dir() else [place]
    if not files:
        raise BadInput(f"{place.absolute()} has no file {RESULTS}, in itself or in a folder below it.")
    typed = pd.concat([_read_one(file) for file in files], ignore_index=True)
    if typed.empty:
        raise BadInput(f"{place} has no answers: type a letter, {', '.join(LETTERS)}, for each item.")
    typed["person"] = _with_first_spelling(typed["person"])
    if (again := typed.duplicated(["person", "when"])).any():
        twice = ", ".join(sorted(set(typed.loc[again, "person"])))
        raise BadInput(
            f"{place}: {twice} has one quiz in two files. If these are two people, change one of the letters "
            "in its file."
        )
    return typed


def _read_one(file: Path) -> pd.DataFrame:
    try:
        typed = without_guard(pd.read_csv(file, dtype="string", encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(
            f"There is no file {file.absolute()}: give the path of the pack's quiz/{RESULTS}, "
            "or with --out the pack's folder."
        ) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} can't be read as quiz results ({error}): save it as CSV.") from error
    typed = typed.rename(columns=lambda name: str(name).strip().casefold())
    asked = ["person", "when", *_columns()]
    missing = [name for name in asked if name not in typed]
    if missing:
        raise BadInput(f"{file} has no column {missing[0]!r}; it needs {', '.join(asked)}.")
    typed = typed[asked].apply(lambda column: column.str.strip()).replace("", pd.NA)
    # A sheet that nobody filled in isn't a quiz with eight wrong answers.
    typed = typed[typed[_columns()].notna().any(axis=1)]
    typed[_columns()] = typed[_columns()].apply(lambda column: column.str.upper())
    typed["when"] = typed["when"].str.casefold()
    typed["person"] = _with_first_spelling(typed["person"])
    wrong = _faults(typed)
    if wrong:
        more = f"; and {len(wrong) - _MOST_FAULTS} more" if len(wrong) > _MOST_FAULTS else ""
        raise BadInput(f"{file}: {'; '.join(wrong[:_MOST_FAULTS])}{more}.")
    return typed.assign(when=typed["when"].map(SPELLED)).reset_index(drop=True)


def _with_first_spelling(people: pd.Series) -> pd.Series:
    """Write each nickname as it was written first: Fox and fox are one person."""
    return people.groupby(people.str.casefold()).transform("first")


def _faults(typed: pd.DataFrame) -> list[str]:
    found, known = [], ", ".join(LETTERS)
    for place, row in typed.iterrows():
        # The heading is line 1.
        line = f"line {int(str(place)) + 2}"
        if pd.isna(row["person"]):
            found.append(f"{line} names no person; a letter or a nickname will do")
        if pd.isna(row["when"]) or row["when"] not in SPELLED:
            shown = "nothing" if pd.isna(row["when"]) else repr(row["when"])
            found.append(f"{line}: when is pre or post, and this is {shown}")
        found += [
            f"{line}, {name}: there is no option {row[name]!r}; there are {known}, or leave it blank"
            for name in _columns()
            if not pd.isna(row[name]) and row[name] not in [*LETTERS]
        ]
    again = typed.assign(when=typed["when"].map(SPELLED)).duplicated(["person", "when"])
    found += [
        f"line {int(str(place)) + 2}: {typed.loc[place, 'person']} has this quiz twice"
        for place in typed.index[again & typed["person"].notna() & typed["when"].isin(list(SPELLED))]
    ]
    return found


def scored(results: pd.DataFrame) -> pd.DataFrame:
    """Say of each answer whether it is right; a blank isn't."""
    right = {
        f"item{item.number}": results["when"].map({when: item.right_letter(when) for when in WHEN})
        for item in quiz_items()
    }
    return results[["person", "when"]].assign(
        **{name: results[name].eq(letters).fillna(False).astype(bool) for name, letters in right.items()}
    )


def room_gain(results: pd.DataFrame) -> RoomGain:
    """Compare the two quizzes of those who took both, person by person."""
    right = scored(results)
    totals = right.set_index(["person", "when"])[_columns()].sum(axis=1).unstack("when")
    totals = totals.reindex(columns=list(WHEN))
    pairs = totals.dropna()
    if pairs.empty:
        raise BadInput(
            "Nobody has both quizzes: each person needs a row with pre and a row with post, "
            "under the same letter or nickname."
        )
    gains = pairs["after"] - pairs["before"]
    low, high = _interval(gains)
    return RoomGain(
        both=len(pairs),
        only_one=tuple(map(str, totals.index[totals.isna().any(axis=1)])),
        before=float(pairs["before"].mean()),
        after=float(pairs["after"].mean()),
        gain=float(gains.mean()),
        low=low,
        high=high,
        items=_by_item(results, right, set(pairs.index)),
    )


def _interval(gains: pd.Series) -> tuple[float | None, float | None]:
    """Compute Student's interval of the mean of paired differences, or none where nothing varies."""
    from scipy import stats

    if len(gains) < _FEWEST or gains.nunique() < 2:
        return None, None
    low, high = stats.t.interval(_CONFIDENCE, len(gains) - 1, loc=gains.mean(), scale=stats.sem(gains))
    most = len(quiz_items())
    return max(float(low), -most), min(float(high), most)


def _by_item(results: pd.DataFrame, right: pd.DataFrame, both: set[str]) -> pd.DataFrame:
    """Count right answers by item, and name the wrong one that most people gave after the workshop."""
    rows = []
    for item in quiz_items():
        name = f"item{item.number}"
        counted = right[right["person"].isin(both)].groupby("when")[name].sum()
        last = results.loc[results["when"].eq("after") & results["person"].isin(both), name]
        missed = last[last.notna() & last.ne(item.right_letter("after"))]
        usual = str(missed.mode().iloc[0]) if len(missed) else ""
        rows.append(
            {
                "item": item.number,
                "right_before": int(counted.get("before", 0)),
                "right_after": int(counted.get("after", 0)),
                "people": len(both),
                "objective": item.objective,
                "taught_by": item.taught_by,
                "usual_mistake": item.mistake("after", usual) if usual else "",
            }
        )
    return pd.DataFrame(rows)
