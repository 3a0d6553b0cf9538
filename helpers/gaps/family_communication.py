"""Measure the communication gap: what families could know about their child, and what they were shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import model_validator

from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles, Roster, kit_questions, roster_of, source_of
from helpers.standard import STRING, StrictModel, as_table, first_day, nearest, read_declared
from helpers.systems import declared, element

__all__ = [
    "MEASURES",
    "REASONS",
    "communication_gap",
    "count_informed_families",
    "family_terms",
    "groups_of_children",
    "quoted_figures",
    "read_family_terms",
]


HERE = Path(__file__).parent


class Domain(StrictModel):
    """One topic that a family would want to know about."""

    name: str
    title: str
    elements: tuple[str, ...]
    least: float | None = None
    timeline: tuple[str, ...] = ()
    topics: tuple[str, ...]
    portal: bool


class FamilyTerms(StrictModel):
    """Contents of ``family_communication.toml``."""

    within_days: int
    domain: tuple[Domain, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> FamilyTerms:
        names = [each.name for each in self.domain]
        faults = [
            f"domain {name!r} is declared twice" for name in sorted(set(names)) if names.count(name) > 1
        ]
        elements = [each.name for each in declared().element]
        kinds = [each.name for each in declared().timeline]
        for each in self.domain:
            for what, asked, known in (
                ("element", each.elements, elements),
                ("kind of event", each.timeline, kinds),
            ):
                faults += [
                    f"domain {each.name!r}: nobody declares the {what} {name!r}.{nearest(name, known)}"
                    for name in asked
                    if name not in known
                ]
        if self.within_days < 0:
            faults.append("within_days is a number of days, 0 or more")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def read_family_terms(path: Path) -> FamilyTerms:
    """Read the topics that families would want to know about."""
    return read_declared(path, FamilyTerms, "topics for families")


@cache
def family_terms() -> FamilyTerms:
    """Return the kit's own declaration, ``helpers/gaps/family_communication.toml``."""
    return read_family_terms(HERE / "family_communication.toml")


def quoted_figures() -> pd.DataFrame:
    """Return published survey figures about families and schools.

    Returns
    -------
    pandas.DataFrame
        Table ``quoted_figures``: figures with their source, and how not to use them. The kit measured none of
        them.
    """
    return as_table("quoted_figures", pd.read_csv(HERE / "facts" / "communication.csv", dtype=STRING))


NO_ADULT, NOT_JOINED, NO_MESSAGE = "No adult on record", "Not joined to the portal", "No message about it"
OTHER_LANGUAGE, NOT_OPENED = "Language not asked for", "Sent and not opened"
REASONS = (NO_ADULT, NOT_JOINED, NO_MESSAGE, OTHER_LANGUAGE, NOT_OPENED)
# Id types by which a district's systems can match a child.
SHARED = ("District", "State")
PAIR, TIE = ["child", "domain"], ["silo", "record", "contact_record"]


def communication_gap(
    district: District,
    links: Links,
    profiles: Profiles,
    *,
    today: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Compare what systems record about each child on the roster with what the family was shown.

    Parameters
    ----------
    district
        What `read_district` returned.
    links
        What `link_district` returned for it.
    profiles
        What `build_profiles` returned for it.
    today
        As-of date; default is the latest day in any system.

    Returns
    -------
    pandas.DataFrame
        Table ``communication_gap``: one row per child and topic that a system records. ``why`` is empty if
        and only if an adult read it.
    """
    terms = family_terms()
    roster = roster_of(source_of(district, links, profiles), today)
    pairs = _known(roster, profiles, terms)
    ties = _ties(district, links, roster)
    joined = _joined(district, links, ties)
    since = pd.Timestamp(first_day(profiles.school_year or roster.today.year))
    seen = pd.concat(
        [
            _messages(district, ties, terms, since, roster.today),
            _log_ins(district, ties[ties["child"].isin(joined)], terms, since, roster.today),
        ],
        ignore_index=True,
    )
    seen = seen.merge(pairs[PAIR], on=PAIR, how="inner", validate="many_to_one")
    by_child = ties.groupby("child")
    found = pairs.assign(
        adults=_of(pairs["child"], by_child.size()),
        homes=_of(pairs["child"], by_child["home"].nunique()),
        joined=pairs["child"].isin(joined),
    )
    found = found.merge(_shown(seen), on=PAIR, how="left", validate="one_to_one")
    behind = (found["known"] - found["read"]).dt.days.clip(lower=0).astype("Int64")
    found = found.assign(
        in_language=found["in_language"].astype("boolean").fillna(False).mask(found["shown"].isna()),
        homes_read=found["homes_read"].astype("Int64").fillna(0),
        gap_days=behind,
    )
    return as_table("communication_gap", found.assign(why=_why(found, ties, roster, terms)))


def _of(children: pd.Series, counts: pd.Series) -> pd.Series:
    return children.map(counts).astype("Int64").fillna(0)


def _known(roster: Roster, profiles: Profiles, terms: FamilyTerms) -> pd.DataFrame:
    """List the topics that systems record for each child on the roster, with date and system."""
    reported = roster.chosen[roster.chosen["status"].eq("Reported")]
    line = profiles.timeline[profiles.timeline["date"].le(roster.today)]
    parts = []
    for domain in terms.domain:
        mine = reported[reported["element"].isin(domain.elements)]
        if domain.least is not None:
            mine = mine[mine["value_number"].ge(domain.least)]
        mine = mine.sort_values(["child", "as_of"], kind="stable", na_position="first")
        known = mine.groupby("child", sort=True).agg(silo=("silo", "last"), known=("as_of", "max"))
        events = line[line["kind"].isin(domain.timeline) & line["child"].isin(known.index)]
        newest = events.groupby("child")["date"].max().reindex(known.index)
        known = known.assign(known=newest.fillna(known["known"]), domain=domain.name)
        parts.append(known.reset_index())
    every = pd.concat(parts, ignore_index=True)
    return every.assign(
        known=every["known"].astype("datetime64[us]"),
        domain=every["domain"].astype(STRING),
        child=every["child"].astype(STRING),
    )


def _ties(district: District, links: Links, roster: Roster) -> pd.DataFrame:
    """List the adults on record for each child on the roster, and the home where they live."""
    contacts = district.fact("contact").dropna(subset=["record", "contact_record"])
    # A bare "no" restricts no adult's access; a court order on record does.
    barred = contacts["may_see_records"].eq(False) & contacts["court_order"].notna()
    contacts = contacts[~barred.fillna(False).astype(bool)]
    who = links.crosswalk.loc[links.crosswalk["child"].isin(roster.children), ["silo", "record", "child"]]
    ties = contacts.merge(
        who.drop_duplicates(["silo", "record"]), on=["silo", "record"], how="inner", validate="many_to_one"
    )
    ties = ties.sort_values([*TIE, "priority", "row"], kind="stable").drop_duplicates(TIE)
    home = np.where(ties["lives_with"].fillna(True).to_numpy(dtype=bool), "with the child", "apart")
    columns = ["child", *TIE, "language"]
    return ties[columns].assign(home=pd.array(home, dtype=STRING)).reset_index(drop=True)


def _joined(district: District, links: Links, ties: pd.DataFrame) -> pd.Index:
    """List children whose portal record shares an id with a record in another system."""
    ids = district.identifiers
    of_all = ids["identification_system"].isin(list(SHARED))
    ids = ids.loc[of_all, ["silo", "record", "identification_system", "identifier"]]
    who = links.crosswalk[["silo", "record", "child"]].drop_duplicates(["silo", "record"])
    ids = ids.merge(who, on=["silo", "record"], how="inner", validate="many_to_one")
    plain = ids["identifier"].str.strip().str.lstrip("0").str.casefold()
    ids = ids.assign(identifier=plain).drop(columns="record").drop_duplicates()
    in_portal = pd.MultiIndex.from_frame(ids[["child", "silo"]]).isin(
        pd.MultiIndex.from_frame(ties[["child", "silo"]])
    )
    key = ["child", "identification_system", "identifier"]
    both = ids[in_portal].merge(ids, on=key, how="inner", suffixes=("", "_other"), validate="many_to_many")
    return pd.Index(both.loc[both["silo"].ne(both["silo_other"]), "child"].unique())


def _about(topics: pd.Series, domain: Domain) -> pd.Series:
    if not domain.topics:
        return pd.Series(False, index=topics.index)
    words = "|".join(re.escape(word.casefold()) for word in domain.topics)
    return topics.fillna("").str.casefold().str.contains(rf"\b(?:{words})", regex=True).astype(bool)


def _messages(
    district: District, ties: pd.DataFrame, terms: FamilyTerms, since: pd.Timestamp, today: pd.Timestamp
) -> pd.DataFrame:
    """List messages by child and topic: shown on the day sent, read on the day opened."""
    end = today + pd.Timedelta(days=1)
    sent = district.fact("message").dropna(subset=["record", "contact_record", "sent_utc"])
    sent = sent[sent["sent_utc"].ge(since) & sent["sent_utc"].lt(end)]
    sent = sent[["silo", "record", "contact_record", "sent_utc", "opened_utc", "language", "topic"]]
    sent = sent.rename(columns={"language": "message_language"})
    sent = sent.merge(ties, on=TIE, how="inner", validate="many_to_one")
    # We accept any language if the adult asked for none, or if the message names none.
    asked = sent["language"].str.casefold().eq(sent["message_language"].str.casefold())
    asked = asked.fillna(True).astype(bool)
    opened = sent["opened_utc"].where(sent["opened_utc"].lt(end) & asked)
    messages = pd.DataFrame(
        {
            "child": sent["child"],
            "home": sent["home"],
            "shown": sent["sent_utc"].dt.normalize(),
            "by": "Message",
            "in_language": asked,
            "read": opened.dt.normalize(),
        }
    )
    parts = [messages[_about(sent["topic"], domain)].assign(domain=domain.name) for domain in terms.domain]
    return _typed(pd.concat(parts, ignore_index=True))


def _log_ins(
    district: District, ties: pd.DataFrame, terms: FamilyTerms, since: pd.Timestamp, today: pd.Timestamp
) -> pd.DataFrame:
    """List the latest log-in of each adult to a portal that has the child's number."""
    days = district.fact("login").dropna(subset=["record", "date"])
    days = days[days["date"].ge(since) & days["date"].le(today)]
    newest = days.groupby(["silo", "record"], sort=True)["date"].max().reset_index()
    newest = newest.rename(columns={"record": "contact_record"})
    seen = newest.merge(ties, on=["silo", "contact_record"], how="inner", validate="one_to_many")
    logins = seen[["child", "home"]].assign(
        shown=seen["date"], by="Log-in", in_language=True, read=seen["date"]
    )
    parts = [logins.assign(domain=domain.name) for domain in terms.domain if domain.portal]
    return _typed(pd.concat([*parts, logins.iloc[:0].assign(domain="")], ignore_index=True))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    days = {name: frame[name].astype("datetime64[us]") for name in ("shown", "read")}
    words = {name: frame[name].astype(STRING) for name in ("child", "home", "by", "domain")}
    return frame.assign(**days, **words, in_language=frame["in_language"].astype(bool))


def _shown(seen: pd.DataFrame) -> pd.DataFrame:
    """Combine what all adults of a child were shown, by topic."""
    newest = seen.sort_values([*PAIR, "shown", "by"], kind="stable").drop_duplicates(PAIR, keep="last")
    by_pair = seen.groupby(PAIR, sort=True)
    read = by_pair.agg(in_language=("in_language", "max"), read=("read", "max"))
    homes = seen[seen["read"].notna()].groupby(PAIR)["home"].nunique().rename("homes_read")
    read = read.join(homes, how="left").reset_index()
    shown = newest[[*PAIR, "shown", "by"]].rename(columns={"by": "shown_by"})
    return shown.merge(read, on=PAIR, how="left", validate="one_to_one")


def _why(found: pd.DataFrame, ties: pd.DataFrame, roster: Roster, terms: FamilyTerms) -> pd.Series:
    """Return the first of `REASONS` that explains why the family doesn't know."""
    adults, shown = found["adults"].gt(0), found["shown"].notna()
    # A child without adults on record may be in the portal, but unlinked to the roster.
    portals = element("messages_sent").trust
    silos = ties["silo"].unique().tolist() or [name for name, its in roster.system.items() if its in portals]
    unplaced = max((roster.unplaced.get(str(silo), 0.0) for silo in silos), default=0.0)
    nobody = NO_ADULT if unplaced <= kit_questions().most_unplaced else NOT_JOINED
    portal = found["domain"].isin([domain.name for domain in terms.domain if domain.portal])
    choices = [
        (found["read"].notna(), ""),
        (~adults, nobody),
        (~shown & portal & ~found["joined"], NOT_JOINED),
        (~shown, NO_MESSAGE),
        (~found["in_language"].fillna(False).astype(bool), OTHER_LANGUAGE),
    ]
    words = np.select(
        [each.to_numpy(dtype=bool) for each, _ in choices], [word for _, word in choices], default=NOT_OPENED
    )
    return pd.Series(words, index=found.index).astype(STRING).mask(found["read"].notna())


MEASURES = ("on record", "shown", "in their language", "read", "up to date", "every home")


def count_informed_families(gap: pd.DataFrame, groups: Mapping[str, pd.Series] | None = None) -> pd.DataFrame:
    """Count the families who could know what the systems record about their child.

    Parameters
    ----------
    gap
        Table ``communication_gap``.
    groups
        Name of a grouping -> Series of each child's group, to count by group as well.

    Returns
    -------
    pandas.DataFrame
        Table ``families_informed``. We count one family per child: siblings count separately, because the
        portal may list one and not the other. ``every home`` counts children with two homes if both read it.
        The table contains small groups: suppress them before you show it.
    """
    days = family_terms().within_days
    read = gap["read"].notna()
    two = gap["homes"].gt(1)
    informed = pd.DataFrame(
        {
            "domain": gap["domain"],
            "child": gap["child"],
            "on record": gap["adults"].gt(0),
            "shown": gap["shown"].notna(),
            "in their language": gap["in_language"].fillna(False).astype(bool),
            "read": read,
            # Undated facts count as current once read.
            "up to date": read & gap["gap_days"].fillna(0).le(days).astype(bool),
            "every home": gap["homes_read"].ge(gap["homes"]).astype(bool).mask(~two.astype(bool)),
            **{why: gap["why"].eq(why).fillna(False).astype(bool) for why in REASONS},
        }
    )
    parts = [_counted(informed, None, None)]
    for name, words in (groups or {}).items():
        group = informed["child"].map(words).astype(STRING)
        for word in sorted(group.dropna().unique()):
            parts.append(_counted(informed[group.eq(word).fillna(False)], name, str(word)))
        parts += [_counted(informed[group.isna()], name, None)] if group.isna().any() else []
    return as_table("families_informed", pd.concat(parts, ignore_index=True))


def groups_of_children(profile: pd.DataFrame) -> dict[str, pd.Series]:
    """Group children by language, school and grade."""
    columns = {
        "language": "family_contact_language",
        "school": "roster_school",
        "grade_level": "roster_grade_level",
    }
    by_child = profile.set_index("child")
    return {name: by_child[column].astype(STRING) for name, column in columns.items()}


def _counted(informed: pd.DataFrame, group_by: str | None, group: str | None) -> pd.DataFrame:
    """Count every measure over all topics, and by topic."""
    rows = []
    domains: list[str | None] = [None, *dict.fromkeys(informed["domain"].dropna().tolist())]
    for domain in domains:
        mine = informed if domain is None else informed[informed["domain"].eq(domain)]
        for measure in (*MEASURES, *REASONS):
            holds = mine[measure].dropna()
            number, whole = int(holds.sum()), len(holds)
            rows.append(
                {
                    "measure": measure,
                    "domain": domain,
                    "group_by": group_by,
                    "group": group,
                    "numerator": number,
                    "denominator": whole,
                    "share": number / whole if whole else float("nan"),
                }
            )
    return pd.DataFrame(rows)
