"""Command link: one folder, two files, or several districts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
from pandas.api.types import is_integer_dtype

from helpers.cli.options import (
    as_shown,
    count_text,
    counted,
    desk_note,
    file_option,
    linked,
    list_outputs,
    own_model,
    read_known,
    read_so,
    save,
    to_tens,
    worded,
)
from helpers.files import (
    Command,
    Output,
    Summary,
    district_folders,
    folder_argument,
    hyphened,
    is_region,
    one_of,
    out_option,
    with_output,
    write_atomically,
)
from helpers.standard import OLD_METHODS, BadInput, Measured, percent, renamed

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts import Layout
    from helpers.link import Linked, LinkModel, Links, Method, PersonFile
    from helpers.share import Guard

__all__ = ["NOT_PRINTED", "link", "link_region"]


# What `score` prints instead of figures that describe real children one by one.
NOT_PRINTED = "this folder isn't marked as invented: they are in the files alone"
CAVEAT = "what the estimate holds for"
# Headings of printed tables. The keys are those of --json.
TITLES = {
    "children": "groups, one for each child as far as links show",
    "link statuses": "Link status of each system's records",
    "records a child": "Records of a child in each system, inferred from the links",
    "refused id columns": "Refused id columns",
    "findings": "Findings by kind",
    "changed weights": "Match weights that differ from the starting model's, in bits",
    "estimated, not measured": "Quality, estimated and not measured",
    "too common to compare": "Values too common to compare",
    "children of two districts": "Children in two districts",
}


def link_region(
    folder: Path,
    method: Method,
    decisions: tuple[Path, ...],
    train: bool,
    model_file: Path | None,
    out: Path,
    output: Output,
) -> bool:
    """Link a region, if the folder is one.

    Writes crosswalk.csv, pairs.csv, id_columns.csv and link_findings.csv as for one district, with the
    district as first column; and moves.csv, the evidence for a child in two districts.
    """
    if not is_region(folder):
        return False
    if decisions or train:
        option = "--decisions" if decisions else "--train"
        raise BadInput(
            f"{folder} is a region, and {option} is for one district: give one of its districts instead, "
            f"such as {folder / next(iter(district_folders(folder)))}."
        )
    from helpers.link import LinkModel, link_districts
    from helpers.share import Guard

    model = None if model_file is None else LinkModel.load(model_file)
    guards: dict[str, Guard] = {}
    layouts: dict[str, dict[str, Layout]] = {}

    def districts() -> Iterator[tuple[str, District]]:
        for name, place in district_folders(folder).items():
            district = read_known(place, output)
            guards[name], layouts[name] = Guard.of(district), district.layouts
            yield name, district

    region = link_districts(
        districts(), lambda district: linked(district, output, method, model=model), model=model
    )
    # One real district makes the whole region real.
    guard = next((one for one in guards.values() if one.real), next(iter(guards.values())))
    masked = [
        guard.findings(region.findings[region.findings["district"].eq(name)], layouts[name])
        for name in layouts
    ]
    paths = save(
        out,
        {
            "crosswalk.csv": region.crosswalk,
            "pairs.csv": region.pairs,
            "id_columns.csv": region.id_columns,
            "link_findings.csv": pd.concat(masked, ignore_index=True),
            "moves.csv": region.moves,
        },
        instead_of=("quality_estimate.csv", "set_aside.csv"),
        guard=guard,
    )
    of_district = region.crosswalk.groupby("district", sort=False)
    counts = of_district.agg(records=("record", "size"), children=("child", "nunique")).reset_index()
    moves = region.moves.groupby(["step", "decision"]).size().rename("children").reset_index()
    moves = moves.assign(children=guard.rounded(moves["children"]))
    rough = {name: guard.rounded(counts[name]) for name in ("records", "children")}
    records, children = (
        to_tens(guard, count) for count in (len(region.crosswalk), region.crosswalk["child"].nunique())
    )
    moves = worded(guard, moves, output.as_json)
    figures = {
        "districts": worded(guard, counts.assign(**rough), output.as_json),
        "records": records,
        "children": children,
        "children of two districts": moves,
        **read_so(guard, output.as_json, "All numbers are rounded to tens here."),
        **list_outputs(paths),
    }
    finding = [
        f"Linked {counted('records', records):bold count} in {Measured('districts', len(counts)):count}: "
        f"{counted('groups', children):bold count}. {OWN_CHILD}"
    ]
    lines = [
        f"{count_text(row['children'])} by {str(row['step']).lower()} ({str(row['decision']).lower()})"
        for row in moves.to_dict("records")
    ]
    output.emit(figures, Summary(finding, "Children in two districts", lines, desk_note(paths)), TITLES)
    return True


# An unlinked record may be of a child who has a group.
OWN_CHILD = "A record that matches no other counts as its own child."


# Files of an earlier `link FOLDER` that don't describe these files. A person's answers stay.
OF_A_FOLDER = ("crosswalk.csv", "id_columns.csv", "link_findings.csv", "quality_estimate.csv", "moves.csv")
OF_FILES = "a file of persons (CSV in any delimiter and encoding, or xlsx)"


def link_two_files(
    folder: Path | None,
    left: Path | None,
    right: Path | None,
    mapping: Path | None,
    out: Path,
    output: Output,
) -> bool:
    """Link two files of persons, or find duplicates in one, if the options ask for it.

    Writes pairs.csv (left_row, right_row, match_probability, decision, reason), map.toml (the mapping used,
    for you to correct) and set_aside.csv (rows that could not be read). Prints counts, never the content of a
    cell.
    """
    if left is None:
        if right is not None or mapping is not None:
            raise BadInput(
                f"{'--right' if right is not None else '--map'} goes with --left: name the left file too, "
                f"such as `bigpicture link --left A.csv --right B.csv`."
            )
        if folder is None:
            raise BadInput(
                "Name a FOLDER of exports to link, or files of persons: `bigpicture link --left A.csv "
                "[--right B.csv]`."
            )
        return False
    if folder is not None:
        raise BadInput(
            f"A folder ({folder}) and --left were given: link a folder, or files, one after the other."
        )
    from helpers.link import link_files, read_mapping, read_person_file

    known_mapping = read_mapping(mapping) if mapping is not None else None
    files = {"left": read_person_file(left)}
    if right is not None:
        files["right"] = read_person_file(right)
    with output.step("Linking the rows"):
        linked = link_files(files["left"], files.get("right"), known_mapping)
    notes = list(linked.notes)
    if right is not None and _are_one(left, right):
        notes.insert(
            0,
            "both files contain the same bytes, so each row finds itself: to find duplicates in one file, "
            "leave --right out",
        )
    paths = save(
        out,
        {"pairs.csv": linked.pairs, "set_aside.csv": _set_aside(files)},
        _mappings(linked, files, mapping, out, notes),
        instead_of=OF_A_FOLDER,
    )
    figures = _figures(linked)
    numbered = {f"note {place}": note for place, note in enumerate(notes, 1)}
    sides = linked.accounts.drop_duplicates("side")[["side", "rows"]].itertuples(index=False)
    among = " and ".join(f"{Measured('person_rows', int(rows), where=side):count}" for side, rows in sides)
    finding = [
        f"Matches: {counted('row_matches', figures['matches']):bold count}, among {among}. "
        f"Need review: {counted('row_reviews', figures['for review']):bold count}."
    ]
    mapped = [
        f"The {side} file's columns: "
        + ", ".join(f"{name} = {' + '.join(source.columns)}" for name, source in mapping.sources.items())
        for side, mapping in linked.mapping.items()
    ]
    output.emit(
        {**figures, **({"notes": notes} if output.as_json else numbered), "written": paths},
        Summary(finding, notes=[*(_sentence(note) for note in notes), *mapped]),
        {"kept apart as relatives": "pairs of relatives, not linked"},
    )
    return True


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def _are_one(left: Path, right: Path) -> bool:
    if left.resolve() == right.resolve():
        return True
    return left.stat().st_size == right.stat().st_size and left.read_bytes() == right.read_bytes()


def _set_aside(files: dict[str, PersonFile]) -> pd.DataFrame:
    import pandas as pd

    parts = [file.set_aside.assign(side=side) for side, file in files.items()]
    return pd.concat(parts, ignore_index=True)[["side", "row", "reason"]]


def _mappings(
    linked: Linked, files: dict[str, PersonFile], mapping: Path | None, out: Path, notes: list[str]
) -> dict[str, Callable[[Path], object]]:
    """Return the mapping to write, without overwriting one that a person corrected but didn't pass."""
    from helpers.link import as_toml

    place = out / "map.toml"
    text = as_toml(linked.mapping, {side: file.path.name for side, file in files.items()}).encode("utf-8")
    before = place.read_bytes() if place.exists() else text
    if mapping is not None and place.exists() and place.resolve() == mapping.resolve():
        return {place.name: lambda path: write_atomically(path, before)}
    writers: dict[str, Callable[[Path], object]] = {place.name: lambda path: write_atomically(path, text)}
    if before != text:
        earlier = out / "map.earlier.toml"
        writers[earlier.name] = lambda path: write_atomically(path, before)
        notes.append(f"{place} was different: it is now {earlier}; give it with --map to use it")
    return writers


def _figures(linked: Linked) -> dict[str, Any]:
    from helpers.share import Guard

    # Nothing shows that the persons in such files are synthetic.
    guard = Guard(real=True)
    decided = linked.pairs["decision"].value_counts()
    return {
        "rows": linked.accounts,
        "matches": as_shown(guard, int(decided.get("Match", 0))),
        "for review": as_shown(guard, int(decided.get("Review", 0))),
        "kept apart as relatives": as_shown(guard, linked.household),
        "mapping": _mapped(linked),
    }


def _mapped(linked: Linked) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (side, name, " + ".join(source.columns))
        for side, mapping in linked.mapping.items()
        for name, source in mapping.sources.items()
    ]
    return pd.DataFrame(rows, columns=["side", "field", "column"])


ROUNDED = "Records, rows and findings are rounded to tens here."
PARTS = "Where one part of a whole is 1 to 9 children, none of its parts is shown."
EXACT = "The exact accounts are in restricted_profile_accounts.csv and restricted_row_accounts.csv."


def method_of(word: str) -> Method:
    """Give a linkage method, also by its name of 0.1.0."""
    from helpers.link import METHODS

    old = {hyphened(one): now for one, now in OLD_METHODS.items()}
    return one_of("--method", renamed(hyphened(word), old), METHODS)  # type: ignore[return-value]


@click.command(
    cls=Command,
    short_help="Match the records of each child.",
    writes={
        "crosswalk.csv": "every record, its child, and the link confidence",
        "pairs.csv": "the evidence; with --left: left_row, right_row, match_probability, decision, reason",
        "review_queue.csv": "pairs that need review, to answer in a spreadsheet",
        "id_columns.csv": "verified and refused id columns",
        "link_findings.csv": "colliding ids, and birth dates and names that disagree",
        "quality_estimate.csv": "estimated quality of the links",
        "moves.csv": "of a region: the evidence for children in two districts",
        "map.toml": "with --left: the mapping of columns, for you to correct",
        "set_aside.csv": "with --left: rows that could not be read",
    },
)
@folder_argument(required=False)
@file_option("--left", help=f"Instead of FOLDER: {OF_FILES}.")
@file_option("--right", help="The other file; without it, duplicates are found in the left one.")
@file_option(
    "--map", "mapping", help="Which column is which field: a TOML such as the map.toml that this writes."
)
@click.option(
    "--method",
    metavar="METHOD",
    default="resolved",
    show_default=True,
    help="The last stage of linking: shared-identifier (equal ids, confirmed by name or birth date), "
    "exact (or equal names and birth dates), standardized (or equal without accents, nicknames and swapped "
    "dates), cascade (or by a series of keys, each only where it belongs to one child), probabilistic (or "
    "scored by a model, pair by pair), resolved (scored, and contradicting pairs resolved).",
)
@file_option(
    "--decisions",
    multiple=True,
    help="What people decided: the review desk's decisions.csv, or the review_queue.csv that this writes, "
    "with answers typed in. May be given several times; a person's decision outranks every rule.",
)
@click.option(
    "--train",
    is_flag=True,
    help="Train the model on FOLDER's own records first, and save it as model.json with the rest.",
)
@file_option(
    "--model",
    "model_file",
    help="A model.json that --train wrote, in place of the one that comes with the kit.",
)
@out_option()
@with_output
def link(
    folder: Path | None,
    left: Path | None,
    right: Path | None,
    mapping: Path | None,
    method: str,
    decisions: tuple[Path, ...],
    train: bool,
    model_file: Path | None,
    out: Path,
    output: Output,
) -> None:
    """Match the records of each child in FOLDER.

    If FOLDER contains several districts (a region), we link each, and a child who moved is one child in both.
    Every table then has the district as first column. For a real folder, the names of the tables with counts,
    id_columns.csv and quality_estimate.csv, start with restricted_.

    With --left (and --right) instead of FOLDER: links any two files of persons, or finds duplicates in one.
    """
    if left is not None and (decisions or train or model_file is not None):
        option = "--decisions" if decisions else "--train" if train else "--model"
        raise BadInput(f"{option} is for a FOLDER of exports, and --left for files: leave one of them out.")
    if link_two_files(folder, left, right, mapping, out, output):
        return
    assert folder is not None
    chosen = method_of(method)
    if link_region(folder, chosen, decisions, train, model_file, out, output):
        return
    from helpers.link import (
        estimate_caveat,
        estimate_quality,
        read_decisions,
        records_a_child,
        review_queue,
        save_queue,
    )
    from helpers.report import link_statuses_by_system
    from helpers.share import NOT_SHOWN, Guard, shown_everybody, suppress_totals

    district = read_known(folder, output)
    model = own_model(district, train, model_file, output)
    reviewed = read_decisions(*decisions) if decisions else None
    links = linked(district, output, chosen, decisions=reviewed, model=model)
    guard = Guard.of(district)
    findings = guard.findings(links.findings, district.layouts)
    estimate = estimate_quality(links, reviewed)
    queue = review_queue(
        links, district.people, identifiers=district.identifiers, schools=district.fact("school")
    )
    earlier = out / "review_queue.csv"
    also: dict[str, Callable[[Path], object]] = {
        earlier.name: lambda path: save_queue(queue, path, earlier=earlier)
    }
    if train and model is not None:
        also["model.json"] = model.save
    paths = save(
        out,
        {
            "crosswalk.csv": links.crosswalk,
            "pairs.csv": links.pairs,
            "id_columns.csv": links.id_columns,
            "link_findings.csv": findings,
            "quality_estimate.csv": estimate,
        },
        also,
        instead_of=("moves.csv", "set_aside.csv"),
        guard=guard,
    )
    common = links.passed_over.assign(records=guard.rounded(links.passed_over["records"]))
    of_what, column = STATUSES_OF[guard.real]
    link_statuses = link_statuses_by_system(links.crosswalk, guard).rename(columns={"count": column})
    link_statuses = suppress_totals(guard, link_statuses, "silo", column)
    often = records_a_child(links.crosswalk)
    if guard.real:
        often = often[["silo", "records_a_child"]]
    found = links.findings.groupby("kind")["times"].sum().reset_index()
    refused = links.id_columns[links.id_columns["status"].eq("Refused")]
    as_json = output.as_json
    figures = {
        "records": to_tens(guard, len(links.crosswalk)),
        "children": shown_everybody(guard, links.crosswalk),
        "links": to_tens(guard, len(links.crosswalk) - links.crosswalk["child"].nunique()),
        "link statuses": worded(guard, link_statuses, as_json, NOT_SHOWN),
        **read_so(guard, as_json, f"{ROUNDED} {PARTS}"),
        "pairs that need review": to_tens(guard, int(links.pairs["decision"].eq("Review").sum())),
        "decisions that no longer apply": as_shown(guard, len(links.stale_decisions)),
        "records a child": often,
        "refused id columns": refused[["silo", "file", "column"]].drop_duplicates(),
        "findings": worded(guard, found.assign(times=guard.rounded(found["times"])), as_json),
        "changed weights": _changed_weights(links, model),
        "estimated, not measured": estimate[["basis", "measure", "value", "low", "high"]],
        **({CAVEAT: estimate_caveat()} if len(estimate) and links.model is not None else {}),
        "too common to compare": worded(guard, common if as_json else common[common["keys"] > 0], as_json),
        **list_outputs(paths),
    }
    notes = [*_review_note(figures, folder, earlier), *_refused_note(figures)]
    notes += [*read_so(guard, as_json, ROUNDED).values(), *desk_note(paths)]
    worst = _least_linked(district, link_statuses, of_what, column)
    finding = _finding(figures, len(link_statuses["silo"].unique()))
    summary = Summary(finding, f"Systems with most {column} not linked to any other system", worst, notes)
    output.emit(figures, summary, TITLES)


# What link statuses count, of a real folder (True) or another: the measure of those without a link, and the
# column, which is a key of --json.
STATUSES_OF = {True: ("unlinked_children", "children"), False: ("unlinked", "records")}


def _finding(figures: Mapping[str, Any], systems: int) -> list[str]:
    """Say into how many groups records are linked, and how well, as far as anybody can know."""
    from helpers.share import NOT_SHOWN

    children, of = figures["children"], Measured("systems", systems)
    into = "" if children == NOT_SHOWN else f": {counted('groups', children):bold count}"
    lines = [f"Linked {counted('records', figures['records']):bold count} in {of:count}{into}. {OWN_CHILD}"]
    estimate = figures["estimated, not measured"]
    if len(estimate):
        first = estimate[estimate["basis"].eq(estimate["basis"].iloc[0])].set_index("measure")
        found, right = (
            f"{percent(one['value'], 1)} ({percent(one['low'], 1)} to {percent(one['high'], 1)})"
            for one in (first.loc["Recall"], first.loc["Precision"])
        )
        lines.append(
            f"Estimated, not measured, for records with names: links find {found} of a child's pairs of "
            f"records, and {right} of linked pairs are right."
        )
        lines += [figures[CAVEAT]] if CAVEAT in figures else []
    return lines


def _least_linked(district: District, statuses: pd.DataFrame, measure: str, column: str) -> list[str]:
    """Name the three systems with most unlinked records, by the numbers that the table shows."""
    from helpers.report import system_names

    names = system_names(district.layouts)
    total = statuses.groupby("silo")[column].agg(lambda numbers: numbers.sum(skipna=False))
    unlinked = statuses[statuses["link_status"].eq("Unlinked")].dropna(subset=[column])
    unlinked = unlinked.sort_values(column, ascending=False, kind="stable").head(3)
    lines = []
    for silo, count in zip(unlinked["silo"], unlinked[column], strict=True):
        base = int(total[silo]) if pd.notna(total[silo]) else None
        found = Measured(measure, int(count), base, where=silo)
        lines.append(f"{names[silo]}: {found:count}" if base is None else f"{names[silo]}: {found:count of}")
    return lines


def _review_note(figures: Mapping[str, Any], folder: Path, queue: Path) -> list[str]:
    pairs = figures["pairs that need review"]
    if pairs == 0:
        return []
    return [
        f"Need review: {counted('review_pairs', pairs):count}. Answer them in {queue.name}, then "
        f"`bigpicture link {folder} --decisions {queue}`."
    ]


def _refused_note(figures: Mapping[str, Any]) -> list[str]:
    refused = figures["refused id columns"]
    named = ", ".join(f"{row['column']} in {row['file']}" for row in refused.head(3).to_dict("records"))
    return [f"Not used as ids, since they belong to other children: {named}."] if named else []


def _changed_weights(links: Links, prior: LinkModel | None) -> pd.DataFrame:
    """List the levels whose weight differs from the starting model's, in bits."""
    import pandas as pd

    from helpers.link import drift

    if links.model is None:
        return pd.DataFrame({name: [] for name in ("comparison", "level", "before", "now")})
    return drift(links.model, prior).round({"before": 1, "now": 1})


def counted_rows(guard: Guard, table: pd.DataFrame) -> pd.DataFrame:
    """Round the numbers of rows in a table: in a real folder, few rows mean few children."""
    counts = {str(name): guard.rounded(one) for name, one in table.items() if is_integer_dtype(one)}
    return table.assign(**counts) if guard.real else table
