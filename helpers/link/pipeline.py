"""Run the linkage methods in order, on tables or on a district."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.files import District, of_what, shared
from helpers.layouts import Layout
from helpers.link.adapt import adapted_model
from helpers.link.crosswalk import STEPS, Links, as_pairs, make_crosswalk
from helpers.link.decisions import ReviewDecisions, read_decided_pairs
from helpers.link.findings import find_disagreements
from helpers.link.ids.columns import verify_id_columns
from helpers.link.matches import LARGEST_BLOCK, LinkageContext, Matches, Resolved
from helpers.link.methods.deterministic import (
    find_cascade_matches,
    find_exact_matches,
    find_shared_identifiers,
    find_standardized_matches,
)
from helpers.link.methods.probabilistic import find_probabilistic_matches
from helpers.link.methods.resolved import resolve_matches
from helpers.link.records import Records, SourceLocations, prepare_records
from helpers.link.resolve.clusters import anchors, pairs_already_decided
from helpers.link.resolve.resolve import resolve
from helpers.standard import OLD_METHODS, BadInput, as_table, nearest, renamed
from helpers.systems import roster_system

if TYPE_CHECKING:
    from helpers.link.model import LinkModel

__all__ = [
    "METHODS",
    "Links",
    "Method",
    "check_ids",
    "link_children",
    "link_district",
    "method_named",
    "run_stages",
]


ROSTER = roster_system()

Method = Literal["shared identifier", "exact", "standardized", "cascade", "probabilistic", "resolved"]
METHODS: tuple[Method, ...] = get_args(Method)
LinkageMethod = Callable[[Records, Matches, LinkageContext], Matches]
DETERMINISTIC: tuple[LinkageMethod, ...] = (
    find_shared_identifiers,
    find_exact_matches,
    find_standardized_matches,
)
# The cascade guesses by rules where a model scores, so the model's stages are alternatives to it and don't
# build on it.
STAGES: Mapping[Method, Sequence[LinkageMethod]] = {
    "shared identifier": DETERMINISTIC[:1],
    "exact": DETERMINISTIC[:2],
    "standardized": DETERMINISTIC,
    "cascade": (*DETERMINISTIC, find_cascade_matches),
    "probabilistic": (*DETERMINISTIC, find_probabilistic_matches),
    "resolved": (*DETERMINISTIC, resolve_matches),
}


def method_named(word: str) -> Method:
    """Give a linkage method by its name, or by the name that it had in 0.1.0."""
    now = renamed(word, OLD_METHODS)
    for method in METHODS:
        if method == now:
            return method
    raise BadInput(f"No method is called {word!r}.{nearest(word, METHODS)} There are: {', '.join(METHODS)}.")


def link_children(
    people: pd.DataFrame,
    identifiers: pd.DataFrame,
    *,
    method: Method = "standardized",
    unique_people: Sequence[str] = (),
    anchor_order: Sequence[str] = (ROSTER,),
    person_rows: pd.DataFrame | None = None,
    layouts: Mapping[str, Layout] | None = None,
    kinds: Mapping[str, Sequence[str]] | None = None,
    schools: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> Links:
    """Link the records of all silos that are the same child.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names, of all silos. Only role Student is linked.
    method
        The last stage: shared identifier; plus exact name and birth date; plus standardized names and dates;
        beyond these a cascade of rules, scored pairs, or scored pairs with entity resolution.
    unique_people
        Silos that guarantee one record per child: no two of their records are linked.
    anchor_order
        Silos in the order of preference for a child's anchor; the others follow by name.
    person_rows
        The standard table of that name: findings then name a source row of the record.
    layouts
        Layout of each silo: findings then name the file's own column, in the file that has it.
    kinds
        File -> the kinds of file it was read as; otherwise the file's name determines them.
    schools
        The standard fact table *school* of all silos: names and numbers of one school then agree.
    decisions
        The standard table of that name: reviewers' decisions about pairs, which override all rules.
    model
        A trained model for scoring; by default the kit's own.

    Returns
    -------
    Links
        ``crosswalk``, ``pairs`` and ``findings`` are standard tables; ``crosswalk`` has every record of role
        Student exactly once.

    Raises
    ------
    BadInput
        When there is no such method, or a silo has two records of one name.
    """
    rows = (identifiers if person_rows is None else person_rows)[["silo", "record", "file", "row"]]
    locations = SourceLocations(rows, layouts or {}, kinds or {})

    def prepare() -> tuple[Records, LinkageContext]:
        students = prepare_records(people, identifiers, unique_people, anchor_order)
        return check_ids(students, locations, schools=schools, decisions=decisions, model=model)

    return _link(method_named(method), prepare, locations, lambda _, make: make())


def _link(
    method: Method,
    prepare: Callable[[], tuple[Records, LinkageContext]],
    locations: SourceLocations,
    once: Callable[[str, Callable[[], Any]], Any],
) -> Links:
    """Link records; what several methods need is made `once`."""
    students, aids = once("prepared for linking", prepare)
    scores = find_probabilistic_matches in STAGES[method] or resolve_matches in STAGES[method]
    if scores:
        aids = replace(aids, model=once("model adapted", lambda: adapted_model(students, aids)))
    found = run_stages(method, students, aids)
    resolved = found.resolved or resolve(students, found, aids.persons)
    pairs, label = _answered(students, resolved, aids.persons), resolved.label
    # If the ids are equal and first names clearly differ, the id collides: no reviewer is needed to see that.
    two_children = pairs["strong_id"] & pairs["plainly_different"] & (pairs["decision"] == "Review")
    refused = pairs.loc[(pairs["decision"] == "Refused") | two_children, ["left", "right"]]
    anchor = anchors(students, label)
    findings = pd.concat(
        [find_disagreements(students, label, anchor, refused, locations), aids.id_columns.findings],
        ignore_index=True,
    )
    return Links(
        crosswalk=make_crosswalk(students, label, pairs, resolved.confidence),
        pairs=as_pairs(students, pairs),
        findings=as_table("findings", findings),
        passed_over=_passed_over(found),
        id_columns=aids.id_columns.table,
        stale_decisions=aids.persons.stale,
        model=aids.model if scores else None,
    )


def _answered(students: Records, resolved: Resolved, persons: ReviewDecisions) -> pd.DataFrame:
    """Apply reviewers' answers to other pairs of the same two children."""
    pairs = resolved.pairs
    if persons.pairs.empty:
        return pairs
    crosswalk = make_crosswalk(students, resolved.label, pairs, resolved.confidence)
    answer = pairs_already_decided(as_pairs(students, pairs), crosswalk).to_numpy(dtype=object)
    answered = ~pd.isna(answer)
    by_whom = np.where(answered, "Person", pairs["decided_by"].to_numpy(dtype=object))
    decision = np.where(answered, answer, pairs["decision"].to_numpy(dtype=object))
    verified = pairs["verified"].to_numpy(dtype=bool) | (decision == "Match") & answered
    return pairs.assign(decision=decision, decided_by=by_whom, verified=verified)


def check_ids(
    students: Records,
    locations: SourceLocations,
    *,
    schools: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> tuple[Records, LinkageContext]:
    """Drop the ids of refused columns, and collect the context that stages use."""
    columns = verify_id_columns(students, LARGEST_BLOCK, locations, schools)
    students = replace(students, ids=columns.ids)
    return students, LinkageContext(columns, read_decided_pairs(students, decisions), schools, model)


def run_stages(method: Method, students: Records, aids: LinkageContext) -> Matches:
    """Run the linkage stages of a method, in order."""
    found = Matches.nothing()
    for climb in STAGES[method]:
        found = climb(students, found, aids)
    return found


def _passed_over(found: Matches) -> pd.DataFrame:
    over = found.passed_over.astype("Int64")
    step = pd.Series(list(STEPS), dtype="string").take(over["step"].to_numpy(dtype="int64"))
    return (
        over[["keys", "records"]]
        .assign(step=step.to_numpy())[["step", "keys", "records"]]
        .astype({"step": "string"})
    )


def link_district(
    district: District,
    method: Method = "resolved",
    *,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> Links:
    """Link the records of a district's systems that belong to the same child.

    Parameters
    ----------
    district
        From `read_district`.
    method
        The last stage to run; each stage adds links that the earlier ones can't make (`METHODS`).
    decisions
        Table ``decisions`` from reviewers. A decision overrides every rule.
    model
        A trained model; by default the kit's own.

    Returns
    -------
    Links
        ``crosswalk`` has one row per record, with its child and the link confidence. Findings name the file,
        row and column where a record disagrees.

    Examples
    --------
    >>> links = link_district(district)
    >>> len(links.crosswalk), links.crosswalk["child"].nunique()
    (866, 155)
    """
    method = method_named(method)
    known = of_what(district) if decisions is None and model is None else None

    def once(what: str, make: Callable[[], Any]) -> Any:
        return shared(lambda: f"{known}, {what}" if known else None, make)

    def link() -> Links:
        rows = district.person_rows[["silo", "record", "file", "row"]]
        locations, schools = SourceLocations(rows, district.layouts, district.kinds), district.fact("school")

        def prepare() -> tuple[Records, LinkageContext]:
            people, order = district.people, tuple(district)
            ids = pd.concat([district.identifiers, district.possible_ids], ignore_index=True)
            students = prepare_records(people, ids, district.unique_people, order)
            return check_ids(students, locations, schools=schools, decisions=decisions, model=model)

        return _link(method, prepare, locations, once)

    links: Links = once(f"linked: {method}", link)
    return links
