"""Write the page of the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from helpers.files import District
from helpers.gaps import (
    SMALLEST_GROUP,
    affected_lines,
    blocked_pairs,
    code_crosswalk,
    coverage_by_group,
    first_steps,
    kit_assumptions,
    manual_effort,
    manual_minutes,
    score_rubric,
)
from helpers.link import Links
from helpers.report.blocks import Block, answer, banner, paragraph, reading
from helpers.report.charts.bars import bars
from helpers.report.charts.dot_plot import dot_plot
from helpers.report.charts.heat_map import pair_heat_map
from helpers.report.display_names import in_words, short_names, system_names_in_text
from helpers.report.pages.contract import rubric_blocks
from helpers.report.pages.gap_tables import (
    AMISS,
    COUNTED_AMISS,
    GAP_HEADS,
    crosswalk_table,
    found_both_ways,
    gap_table,
    group_table,
    judged_sentence,
    lost_codes,
    lowest_share,
    name_with_ties,
    unplaced_blocks,
    widest_group_gap,
    work_table,
)
from helpers.report.pages.page import block_page, heading, note
from helpers.report.tables import number_text, table
from helpers.report.to_do import Action, action_list
from helpers.share import Guard
from helpers.standard import Measured, filled, plain

__all__ = ["blocked_sentence", "gaps_page", "work_sentence"]


PAIR = ["left_silo", "right_silo"]
BLOCKS = {
    "Not joinable": "no common column to join by: agree on one id that both exports include",
    "Not fresh": "exports more than a month apart: export both on one day",
    "Not permitted": "a list of children may not be shared: ask the privacy officer, not the vendor",
}


def blocked_sentence(lines: pd.DataFrame) -> str:
    """Count the pairs of systems behind each of three blocks, which are three different jobs."""
    pairs = Measured("pairs_of_systems", len(lines.loc[lines["right_silo"].notna(), PAIR].drop_duplicates()))
    why = blocked_pairs(lines)["blocked_by"].value_counts()
    blocks = [(name.lower().replace(" ", "_"), int(why.get(name, 0))) for name in BLOCKS]
    parts = [Measured(name, many, pairs.number).say() for name, many in blocks]
    return f"Of {pairs:bold count}: {', '.join(parts)}. A pair can have several blocks."


def blocked_blocks(lines: pd.DataFrame, district: District) -> list[Block]:
    """Describe what blocks pairs of systems, and what it takes to remove it."""
    why_so = blocked_pairs(lines)["blocked_by"].value_counts()
    rows = [(name.lower(), int(why_so.get(name, 0)), do) for name, do in BLOCKS.items()]
    frame = pd.DataFrame(rows, columns=["why", "pairs", "do"])
    barred = lines[lines["blocked_by"].eq("Not permitted") & lines["kind"].eq("Permission")]
    in_text = system_names_in_text(district.layouts)
    why = pd.DataFrame({"why": [in_words(str(step), in_text) for step in barred["next_step"].unique()]})
    return [
        heading("What blocks the exchange"),
        answer(blocked_sentence(lines)),
        table(frame, "Not joinable, not fresh, not permitted: three jobs", names={"do": "what it takes"}),
        *(
            [table(why, fold="Lists that may not be shared, by the kit's reading of the rules", most=80)]
            if len(why)
            else []
        ),
    ]


def lag_blocks(lines: pd.DataFrame, district: District) -> list[Block]:
    """Describe the largest gaps in age between exports of two systems."""
    lags = lines[lines["measure"].eq("roster lag") & lines["numerator"].notna()]
    if lags.empty:
        return []
    short = short_names(district.layouts)
    most = lags.sort_values("numerator", kind="stable").iloc[-1]
    ties = Measured("tied_pairs", int(lags["numerator"].eq(most["numerator"]).sum()) - 1)
    late = Measured("not_fresh", int(lags["blocked_by"].eq("Not fresh").sum()))
    sides = [short[most["left_silo"]], short[most["right_silo"]]]
    days = Measured("days_apart", int(most["numerator"]), where=" and ".join(sides))
    return [
        answer(
            f"More than a month apart: exports of {late:bold} of {Measured('pairs_dated', len(lags)):count}. "
            f"The widest gap: {days:bold count}, {days.where}{f', as in {ties:count}' if ties else ''}."
        )
    ]


NO_HARM = "We found no gap between these systems that is likely to harm a child"
OWN_SCALE = "The measures, their order and their thresholds are the kit's own. No published scale exists."
# The largest of each kind of gap; scorecard.csv has all lines.
MOST_LINES = 12
# Gaps that the first sentence names.
MOST_FOUND = 3
_GROUP_HEADS = {"group_by": "by", "out_of": "out of"}
# Question of each kind of gap, in the order of the scorecard.
KINDS = {
    "Identity": "Is it the same child?",
    "Meaning": "Do the codes mean the same?",
    "Coverage": "Who is in it?",
    "Completeness": "Is anything recorded?",
    "Freshness": "Is it still true?",
    "Format": "Is it written one way?",
    "Standards": "Does it have a common name?",
    "Permission": "May it be shared?",
    "Manual effort": "What does it cost in minutes?",
}


def work_sentence(work: pd.DataFrame) -> str:
    """Describe the manual effort of one exchange, with its assumed range."""
    low, hours, high = (round(minutes / 60) for minutes in manual_minutes(work))
    if high < 2:
        return "One exchange takes **less than two hours** of manual effort, by the kit's assumptions."
    likely = Measured("hours_by_hand", hours)
    return (
        f"One exchange takes about {likely:bold count} of manual effort "
        f"(from {Measured('hours_by_hand_low', low)} to {Measured('hours_by_hand_high', high)}, by the kit's "
        "assumptions)."
    )


def gaps_page(
    out_path: Path,
    district: District,
    links: Links,
    scorecard: pd.DataFrame,
    *,
    actions: Sequence[Action],
    order: str = "",
) -> Path:
    """Write the page of the gaps.

    It leads with ``actions``, the steps of the first page, in their ``order`` as a sentence.
    """
    guard = Guard.of(district)
    lines = guard.scorecard(scorecard)
    # The order of steps doesn't depend on what may be shown, but a step's number of children may be hidden.
    steps = first_steps(scorecard, most=5)
    blocks = [
        *_first(steps, district, guard, actions, order),
        *_pairs(lines, district),
        *blocked_blocks(lines, district),
        *_kind(lines, district, "Identity", ("in no other system", "children with two", "rows too many",
               "key confirmed", "linked, not verified", "records to review")),
        *_groups(district, links, guard),
        *_meaning(district, guard),
        *_kind(lines, district, "Completeness", ("column filled", "children with an entry")),
        *_kind(lines, district, "Freshness", ("listed and never", "newest row is", "ended in")),
        *lag_blocks(lines, district),
        *_kind(lines, district, "Format", ("dates in another form", "ways to store tables", "columns that",
               "codes that changed", "dates that changed")),
        *_standards(lines, district),
        *_kind(lines, district, "Permission", ("restricted without need",)),
        *_work(district, links, guard),
        # Levels name and count no child, so they use the full scorecard.
        *rubric_blocks(score_rubric(district, links, scorecard), district.layouts),
        *_key(lines),
        heading("How this was measured"),
        note(OWN_SCALE, "Only lines that say so need an answer key. All lines: "
             f"{'restricted_' if guard.real else ''}scorecard.csv."),
    ]  # fmt: skip
    return block_page(out_path, gaps_title(actions), blocks, banner(district.about))


def gaps_title(actions: Sequence[Action]) -> str:
    """Name the first thing to do."""
    if not actions:
        return NO_HARM
    what = actions[0].what
    return f"Do first: {what[:1].lower()}{what[1:]}"


def _first(
    steps: pd.DataFrame, district: District, guard: Guard, actions: Sequence[Action], order: str
) -> list[Block]:
    """Say what was found and what to do first, and list the largest gap of each kind."""
    if steps.empty:
        return [answer(f"{NO_HARM}. The lines below show the rest."), *_listed(actions, order)]
    hidden = [guard.hides(int(number)) for number in steps["touched"]]
    first_steps = steps.assign(
        measure=steps["measure"].replace(AMISS), example_file=steps["example_file"].mask(pd.Series(hidden))
    )
    many = [guard.about(int(number)) if guard.real else int(number) for number in steps["touched"]]
    between = [plain(text) for text in name_with_ties(steps, short_names(district.layouts), guard)]
    shown = gap_table(first_steps, district.layouts).assign(how_many=many, between=between)
    named = name_with_ties(steps, system_names_in_text(district.layouts), guard)
    amiss = steps["measure"].map(COUNTED_AMISS)
    found = [
        f"{Measured(name, count, where=plain(sides)):bold count} ({sides})"
        if isinstance(name, str)
        else f"**{number_text(count)}** {measure} ({sides})"
        for count, name, measure, sides in zip(
            many[:MOST_FOUND], amiss, steps["measure"], named, strict=False
        )
    ]
    return [
        answer(f"We found {'; '.join(found)}."),
        *_listed(actions, order),
        table(
            shown[["between", "found", "how_many", "effect", "owner", "step"]],
            "The largest gap of each kind, worst harm first",
            names=GAP_HEADS,
        ),
        note(
            "Missing children are looked for from the roster's side, and only where lists may be exchanged."
        ),
        *_examples(shown),
    ]


def _listed(actions: Sequence[Action], order: str) -> list[Block]:
    return [action_list(actions), paragraph(order, "muted")] if actions else []


def _examples(shown: pd.DataFrame) -> list[Block]:
    """Fold the locations of examples; a real folder may have none that may be shown."""
    located = shown.loc[shown["example"].notna(), ["between", "found", "example"]]
    return [table(located, fold="Where to find an example of each", names=GAP_HEADS)] if len(located) else []


def _pairs(lines: pd.DataFrame, district: District) -> list[Block]:
    short = short_names(district.layouts)
    rates = found_both_ways(lines)
    rates = rates.assign(
        system=rates["left_silo"].map(short),
        other=rates["right_silo"].map(short),
    )
    share = (rates["found"] / rates["out_of"]).sort_values(kind="stable")
    rates, ties = rates.loc[share.index], int(share.eq(share.min()).sum()) - 1
    begin = [heading("How much of one system is found in another?")]
    unplaced = unplaced_blocks(lines, district.layouts)
    if rates.empty:
        return [*begin, note("No pair of systems has a match rate that we can show."), *unplaced]
    worst = rates.iloc[0]
    picture = pair_heat_map(
        rates,
        left="system",
        right="other",
        value="percent",
        title=lowest_share(worst["found"], worst["out_of"], (worst["system"], worst["other"]), ties),
        unit="percent",
        caption="Rows: of 100 children in that system who can be placed and whom the other system serves, "
        "how many are found there. We round down, so 100 means everybody. "
        + filled(
            "A dash: the two can't be joined, the second is only for those who take part, or we can't show "
            "groups of fewer than {smallest_group:words}. "
        )
        + "The title names the lowest.",
        order=[name for name in short.values() if name in {*rates["system"], *rates["other"]}],
        counts=("found", "out_of"),
    )
    words = reading(
        "A pale field: the second system lacks children of the first. They aren't linked, or aren't there.",
        "Each pair appears twice, because each system has its own children.",
        "Where the rules permit it, give the second system's owner the list of missing children.",
    )
    return [*begin, picture, words, *unplaced]


def _groups(district: District, links: Links, guard: Guard) -> list[Block]:
    groups = coverage_by_group(district, links)
    begin = [heading("Who is missing where?")]
    gap = widest_group_gap(groups, district, guard)
    if gap is None:
        return [*begin, note("We can't show any groups: they are too small, or no file records them.")]
    picture = dot_plot(
        gap.rows.rename(columns={"out_of": "out of"}),
        label="group",
        value="percent",
        title=gap.title,
        beside=("children", "out of"),
        unit="percent",
        limits=(0, 100),
        caption=f"By {gap.rows['group_by'].iloc[0]}: share of the roster's children that the system serves. "
        f"Bars: 95% intervals; groups of fewer than {SMALLEST_GROUP} aren't drawn.",
    )
    words = reading(
        f"The widest gap between two groups of one system, in {gap.looked_at:count}.",
        "A dot is a group. The line shows how far its share may be off by chance, 19 times in 20. "
        "Among so many groups, some are apart by chance alone.",
        "Ask the system's owner why this group is missing."
        if gap.apart
        else "Look again with the next exports. A chance gap rarely returns in the same group.",
    )
    shown = group_table(groups, district, guard)
    return [*begin, picture, words, table(shown, fold="Every system and group", names=_GROUP_HEADS, most=200)]


def _meaning(district: District, guard: Guard) -> list[Block]:
    crosswalk = code_crosswalk(district)
    begin = [heading("What is lost in translation?")]
    if crosswalk.empty:
        return [*begin, note("No two systems use codes for the same thing.")]
    lost = crosswalk[~crosswalk["comes_back"].astype(bool)]
    ways = crosswalk.drop_duplicates(["left_silo", "right_silo", "column"])
    hurt = lost.drop_duplicates(["left_silo", "right_silo", "column"])
    shown = lost_codes(lost, district.layouts, guard)
    heads = {"to": "on the way to", "written": "written there as", "lost": "why"}
    begun = f"Translations from one system's codes to another's: {Measured('translations', len(ways))}"
    some = f"{begun}; with a loss: {Measured('translations_lossy', len(hurt), len(ways)):bold}."
    none = f"{begun}. None loses a code."
    blocks = [*begin, answer(some if len(hurt) else none)]
    if len(shown):
        blocks.append(table(shown, "Codes that don't come back", names=heads, most=12))
    every = crosswalk_table(crosswalk, district.layouts, guard)
    return [*blocks, table(every, fold="All codes, translated", names=heads, most=60)]


def _kind(lines: pd.DataFrame, district: District, kind: str, measures: tuple[str, ...]) -> list[Block]:
    mine = lines[lines["kind"].eq(kind) & lines["measure"].str.startswith(measures)]
    mine = mine[~(mine["measure"].eq("ways to store tables") & mine["numerator"].le(1).fillna(False))]
    mine = mine[~mine["is_limit"].fillna(False).astype(bool)]
    amiss = affected_lines(mine)
    amiss = amiss[amiss.gt(0).fillna(False)].sort_values(ascending=False, kind="stable")
    mine = mine.loc[amiss.index]
    begin = [heading(KINDS[kind])]
    if mine.empty:
        return [*begin, note("Nothing was found.")]
    shown = gap_table(mine.assign(measure=mine["measure"].replace(AMISS)), district.layouts)
    shown["how_many"] = amiss.round().astype("Int64").to_numpy()
    keep = ["between", "found", "how_many", "out_of", "owner", "step"]
    keep = [name for name in keep if shown[name].notna().any()]
    return [
        *begin,
        note(f"Most in {shown['between'].iloc[0]}: {shown['found'].iloc[0]}. {mine['effect'].iloc[0]}"),
        table(shown[keep], fold=f"{kind}: system by system", names=GAP_HEADS, most=MOST_LINES),
        *_examples(shown),
    ]


def _standards(lines: pd.DataFrame, district: District) -> list[Block]:
    mine = lines[lines["measure"].eq("columns with a term")]
    begin = [heading(KINDS["Standards"])]
    if mine.empty:
        return [*begin, note("No file with columns was read.")]
    share = 100 * mine["numerator"] / mine["denominator"]
    names = mine["left_silo"].map(short_names(district.layouts))
    half = Measured("systems_with_terms", int(share.ge(50).sum()), len(mine))
    picture = bars(
        pd.DataFrame(
            {"what": names, "percent": share, "columns": mine["numerator"], "of columns": mine["denominator"]}
        ),
        title=f"{half:count of} use a standard's terms for at least half of their columns",
        unit="percent",
        caption="Columns of a system's files with a term of Ed-Fi, OneRoster, CEDS or SIF, by the kit's own "
        "reading of the export.",
    )
    return [*begin, picture, reading(
        str(mine["effect"].iloc[0]),
        "A short bar: the vendor built the export before there was a standard, or for its own use.",
        "In the next contract, ask for at least the roster's columns in a standard's terms.",
    )]  # fmt: skip


def _work(district: District, links: Links, guard: Guard) -> list[Block]:
    work = manual_effort(district, links)
    begin = [heading(KINDS["Manual effort"])]
    if work.empty or guard.hides(int(work["count"].sum())):
        return [*begin, note("Manual effort can't be shown here.")]
    shown = work_table(work, district.layouts, guard)
    units = dict.fromkeys(("low", "minutes", "high"), "minutes")
    names = {"count": "how often", "low": "at least", "minutes": "likely", "high": "at most"}
    return [
        *begin,
        answer(work_sentence(work)),
        table(shown, "One exchange, by hand", names=names, units=units),
        note(kit_assumptions().about),
    ]


def _key(lines: pd.DataFrame) -> list[Block]:
    needing = lines[lines["needs_key"].astype(bool)]
    begin = [heading("What only an answer key can say")]
    if needing.empty or needing["value"].isna().all():
        return [*begin, note("How many links are right cannot be judged without a key.")]
    return [
        *begin,
        answer(judged_sentence(needing)),
        note("Records in which their own system put two people are left out: no link can separate them."),
    ]
