"""Show the simulated effects of a synthetic sector, and how volunteers bias the results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.report.blocks import Block, about_line, answer, reading
from helpers.report.charts.dot_plot import dot_plot
from helpers.report.charts.picture import Picture
from helpers.report.pages.page import block_page, heading, note
from helpers.report.school_systems.sector_text import HEADS, as_figures, in_words
from helpers.report.school_systems.survey_text import domain_title
from helpers.report.tables import table
from helpers.sector import Origin, kit_seed, kit_volunteers, read_analysis_plan
from helpers.standard import Measured, declared_survey

__all__ = [
    "HEADING",
    "describe_coverage",
    "kit_blocks",
    "sector_made_page",
    "volunteers_blocks",
    "volunteers_picture",
]


TITLE = "Which school systems did we generate, and with which effects?"
_DOMAIN_SETTINGS = {
    "pledged_effect": "signed the pledge",
    "community_effect": "belongs to the community",
    "data_team_effect": "has a data team",
    "change": "later year",
    "hardness": "hardness",
}


def sector_made_page(
    about: Mapping[str, Any], answered: pd.DataFrame, simulated: pd.DataFrame, out_path: Path
) -> Path:
    """Write the page of a synthetic sector."""
    banner = about_line(
        f"These school systems are invented \N{MIDDLE DOT} sector {about['scenario']} \N{MIDDLE DOT} seed "
        f"{about['seed']}"
    )
    return block_page(out_path, TITLE, list(_blocks(about, answered, simulated)), banner)


def _blocks(about: Mapping[str, Any], answered: pd.DataFrame, simulated: pd.DataFrame) -> Iterator[Block]:
    settings = about["settings"]
    invited = Measured("school_systems_invited", int(settings["invited"]))
    years = [
        f"{Measured('school_systems', int(row['answered']), where=str(row['year'])):bold} in {row['year']}"
        for row in answered.to_dict("records")
    ]
    yield answer(f"{invited:bold count} are invented; who answered: {' and '.join(years)}.")
    yield note(
        "None of these systems exists. The generator simulates every effect, every size is the kit's own, "
        "and nothing here shows anything about real school systems.",
        declared_survey().own,
    )
    if Origin.of(about).volunteers:
        yield note(
            "Who answers depends on things that nobody records. So the answers hide the simulated effects, "
            "and no weight corrects for that. The page of bigpicture sector shows it."
        )
    yield heading("Who was invited, and who answered")
    shown = answered.assign(share=(answered["answered"] / answered["invited"]).astype("float64"))
    yield table(as_figures(in_words(shown)), "Invited and answering")
    yield heading("What was simulated")
    for name, grouping in read_analysis_plan().groupings.items():
        yield note(f"{grouping.title}: {Origin.of(about).why(name)}.")
    yield table(
        as_figures(in_words(_by_domain(simulated))),
        "Mean answers, and differences among systems of similar size, locale and IT staff, in points of 1 "
        "to 4",
        download=False,
    )
    yield note(
        "These are the figures of an endless sector with the same settings, in which all systems answer "
        "all items. The actual answers differ by chance, and by who answers."
    )
    yield heading("Settings")
    rows = pd.DataFrame(list(_in_words(settings)), columns=["what", "set to"])
    yield table(rows, "Settings in words", most=60, download=False)
    sizes = {words: settings[key] for key, words in _DOMAIN_SETTINGS.items()}
    by_domain = pd.DataFrame(
        [
            {"domain": domain_title(code), **{words: float(one[code]) for words, one in sizes.items()}}
            for code in declared_survey().domains
        ]
    )
    yield table(
        as_figures(by_domain),
        "Settings by domain, in standard deviations of readiness among systems alike in all that is recorded",
        fold="Settings by domain",
        download=False,
    )


def _by_domain(simulated: pd.DataFrame) -> pd.DataFrame:
    """Return one row per domain and year: the mean, and each adjusted difference."""
    keys = ["domain", "year"]
    wide = simulated[simulated["comparison"].eq("mean")][[*keys, "points"]].rename(columns={"points": "mean"})
    for name, grouping in read_analysis_plan().groupings.items():
        own = simulated[simulated["comparison"].eq("adjusted") & simulated["grouping"].eq(name)]
        own = own[[*keys, "points"]].rename(columns={"points": grouping.title.lower()})
        wide = wide.merge(own, on=keys, how="left", validate="one_to_one")
    return wide


def _in_words(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Describe each setting that isn't by domain."""
    years = settings["years"]
    yield "Years of the survey", f"{years[0]} and {years[1]}"
    yield f"Of those that answered in {years[0]}, answer again", _percent(settings["overlap"])
    yield "Signed the pledge", _percent(settings["pledged"])
    yield "Belong to the community, of those that signed", _percent(settings["community_if_pledged"])
    yield "Belong to the community, of the others", _percent(settings["community_if_not"])
    yield f"Have a data team in {years[0]}", _percent(settings["data_team"])
    yield f"Of the others, have one by {years[1]}", _percent(settings["new_teams"])
    yield "Locales", ", ".join(f"{name} {_percent(share)}" for name, share in settings["locales"].items())
    yield "Students in the median system", f"{settings['median_students']:,}"
    yield "Readiness of systems one standard deviation larger", _deviations(settings["size_effect"])
    yield "Readiness in towns and rural places", _deviations(settings["town_and_rural_effect"])
    yield f"Know of data standards in {years[0]}", _percent(settings["knows_standards"])
    yield "Knowing them, and the pledge", _deviations(settings["standards_by_pledge"])
    yield f"Knowing them by {years[1]}", _deviations(settings["standards_change"])
    yield "Items left out", _percent(settings["missing_items"])
    recorded = settings["recorded_nonresponse"]
    often = "" if recorded == 1 else f", {recorded:g} times as strongly as usual"
    by_lists = f"goes with them{often}" if recorded else "doesn't go with them"
    yield "Who answers, and size, locale, pledge and community, which public lists record", by_lists
    hidden = settings["unrecorded_self_selection"]
    yield (
        "Who answers, and readiness, which nobody records",
        f"goes with it, by a slope of {hidden:g}: upwards without a pledge or a team, downwards with them"
        if hidden
        else "doesn't go with it",
    )


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _deviations(size: float) -> str:
    return f"{size:+.2f} standard deviations" if size else "the same"


HEADING = "What no weight corrects for"


def describe_coverage(beside: pd.DataFrame) -> str:
    """Describe how many intervals cover the simulated effect, overall and by grouping."""
    parts = []
    for name, grouping in read_analysis_plan().groupings.items():
        own = beside[beside["grouping"].eq(name)]
        if len(own):
            parts.append(f"{grouping.title.lower()}: {int(own['holds'].sum())} of {len(own)}")
    held = Measured("intervals_held", int(beside["holds"].sum()), len(beside))
    of = f"{Measured('intervals_similar', len(beside)):count} of differences among similar systems"
    many = f"{held:bold}" if held else "**none**"
    return f"Of {of}, {many} {held.verb('covers', 'cover')} the simulated effect ({'; '.join(parts)})."


def volunteers_picture(beside: pd.DataFrame, grouping: str, whose: str) -> Picture | None:
    """Compare the latest year's intervals of one grouping with the simulated effects."""
    own = beside[beside["grouping"].eq(grouping)]
    own = own[own["year"].eq(own["year"].max())]
    if own.empty:
        return None
    titles = {code: domain.title for code, domain in declared_survey().domains.items()}
    rows = own.assign(label=own["domain"].map(titles))
    answers = rows.assign(value=rows["difference"], series="these answers")
    # The simulated effect is known: it has no interval.
    truth = rows.drop(columns=["low", "high"]).assign(value=rows["simulated"], series="simulated")
    where = f"{grouping}, {whose}"
    held = Measured("intervals_held", int(own["holds"].sum()), len(own), where=where)
    intervals = Measured("intervals_similar", len(own), where=where)
    many, verb = f"{held}" if held else "None", held.verb("covers", "cover")
    found = f"{many} of {intervals:count} {verb} the simulated effect"
    return dot_plot(
        pd.concat([answers, truth], ignore_index=True),
        title=f"{read_analysis_plan().groupings[grouping].title}: {found[0].lower() + found[1:]}",
        unit="difference, points of 1 to 4",
        value="value",
        series="series",
        ordered=False,
        digits=2,
        line=0,
        caption=f"{whose}, {int(own['year'].iloc[0])}: differences among systems of similar size, locale "
        "and IT staff, with 95% intervals, and the simulated effects.",
    )


def volunteers_blocks(beside: pd.DataFrame) -> Iterator[Block]:
    """Show for synthetic volunteers that their intervals miss the simulated effects."""
    yield heading(HEADING)
    made = (
        "This invented sector has volunteers only. Without a pledge or a data team, a system answers when "
        "it has something to show; with one, it answers when it wants help. Nobody records that, so no "
        "weight corrects for it."
    )
    if beside.empty:
        yield answer(f"{made} The file of simulated effects is missing, so we can't show them here.")
        return
    yield answer(f"{made} {describe_coverage(beside)}")
    for name in ("pledged", "data_team"):
        picture = volunteers_picture(beside, name, "This sector")
        if picture is not None:
            yield picture
    yield _how_to_read()
    yield table(
        as_figures(in_words(beside)),
        "Each interval, and the simulated effect",
        names=HEADS,
        fold="Each interval",
        most=60,
        download=False,
    )


def kit_blocks() -> Iterator[Block]:
    """Show the same for the kit's own volunteers, on the page of a sector without known effects."""
    whose = "The kit's own volunteers, an invented sector"
    beside = kit_volunteers()
    yield note(
        f"{whose} (seed {kit_seed()}), show it. They have known differences, and who answers depends on "
        "things that nobody records. Their file went through the same analysis as the answers on this "
        "page. " + describe_coverage(beside).replace("**", "")
    )
    picture = volunteers_picture(beside, "pledged", whose)
    if picture is not None:
        yield picture
    yield _how_to_read()


def _how_to_read() -> Block:
    return reading(
        shows="For each domain, the difference that the answers show, with its interval, and the simulated "
        "one.",
        read="These intervals are as narrow as any others, but they are in the wrong place. Without the "
        "simulated effects, nobody could see that.",
        do="As a survey office, phone a few dozen systems that didn't answer. Nothing in the answers "
        "replaces that.",
    )
