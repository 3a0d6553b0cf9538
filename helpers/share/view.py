"""Define a view, its files and its random codes."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers.files import all_or_none, save_table, write_atomically
from helpers.profile import Source
from helpers.share.access import Allowed, Refused
from helpers.share.audit import Audit, shown_hash
from helpers.share.counted_groups import counted_groups
from helpers.share.policy import Policy
from helpers.share.scope import ChildScope, Ties
from helpers.share.visible_values import (
    name_parts,
    seen_indicators,
    seen_timeline,
    seen_values,
    without_words,
)
from helpers.standard import STRING, BadInput, each_row, text_of

__all__ = ["FILES", "MANIFEST", "Pseudonyms", "View", "save_view"]


class Pseudonyms:
    """Random codes that replace children.

    A code computed from a name or an id, even with a secret key, is derived from personal information and
    must not be used (FERPA-12). So we draw codes at random, and only the lookup maps them to children.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open a lookup.

        Parameters
        ----------
        path
            A CSV ``child, code`` that stays with the district; we create it if needed. Without a path, the
            codes last as long as this object.

        Raises
        ------
        BadInput
            If the file isn't a lookup of codes.
        """
        self.path = path
        self._code: dict[str, str] = {}
        if path is not None and path.exists():
            rows: list[list[str]] = list(csv.reader(io.StringIO(text_of(path), newline="")))
            if not rows or rows[0] != ["child", "code"] or any(len(row) != 2 for row in rows):
                raise BadInput(f"{path.name} is no lookup of codes: its columns are child and code.")
            self._code = {row[0]: row[1] for row in rows[1:]}

    def of(self, children: Iterable[str]) -> dict[str, str]:
        """Return the code of each child; draw missing codes and save the lookup.

        Parameters
        ----------
        children
            Children.

        Returns
        -------
        dict
            Child -> code.
        """
        asked = list(dict.fromkeys(children))
        new = [child for child in asked if child not in self._code]
        taken = set(self._code.values())
        for child in new:
            code = f"r-{secrets.token_hex(6)}"
            while code in taken:
                code = f"r-{secrets.token_hex(6)}"
            taken.add(code)
            self._code[child] = code
        if new and self.path is not None:
            self._save(self.path)
        return {child: self._code[child] for child in asked}

    def child_of(self, code: str) -> str | None:
        """Return the child of a code, or None."""
        return next((child for child, known in self._code.items() if known == code), None)

    def coded(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Replace children with codes, in an order that reveals nothing about them.

        Parameters
        ----------
        frame
            Any table with ``child``.

        Returns
        -------
        pandas.DataFrame
            The same rows, sorted by code; rows of one child keep their order.
        """
        codes = self.of(frame["child"].unique())
        put = frame.assign(child=frame["child"].map(codes).astype(STRING))
        return put.sort_values("child", kind="stable", ignore_index=True)

    def _save(self, path: Path) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["child", "code"])
        # Sorted by code, which reveals nothing about the order of children.
        writer.writerows((child, code) for code, child in sorted((c, n) for n, c in self._code.items()))
        write_atomically(path, text.getvalue().encode("utf-8"))


# File names reveal nothing about a child to anyone who sees the folder.
FILES = ("children", "values", "timeline", "indicators", "contacts", "groups", "withheld")
MANIFEST = "view.json"
CONDITION = (
    "Use it for this purpose only, pass it on to nobody without consent, and destroy it when it is no longer "
    "needed (34 CFR 99.33)."
)
# Attributes to find a child by, as far as they may be shown.
FOUND_BY = ("first_name", "last_surname", "school", "grade_level", "birth_date")
OF_SOURCE = ("record", "file", "row")
CONTACT = [
    "child", "silo", "adult", "adult_name", "relation", "lives_with", "legal_guardian", "receives_mail",
    "language", "home",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class View:
    """What one person may see about children for one purpose.

    We load each table on first access. It contains no child, column or row that may not be shown.

    Attributes
    ----------
    role, who, purpose
        Role, person and purpose of the request.
    school_year
        School year shown.
    as_of
        As-of date: the latest day in any system.
    policy
        Policy that applies.
    allowed
        What the role may see for that purpose.
    """

    role: str
    who: str
    purpose: str
    school_year: int | None
    as_of: pd.Timestamp | None
    policy: Policy
    allowed: Allowed
    source: Source = field(repr=False)
    _ties: Ties = field(repr=False)
    _whose: ChildScope = field(repr=False)
    codes: Pseudonyms = field(repr=False)
    _audit: Audit | None = field(default=None, repr=False)
    ids: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def sets(self) -> Mapping[str, frozenset[str]]:
        """Return the children of this view whom each domain may show."""
        ours = frozenset(self.ids)
        by_set: dict[frozenset[str], frozenset[str]] = {}
        sets = {}
        for domain in self.allowed.rows:
            members = self._whose.children.get(domain, frozenset())
            if domain in self.policy.parts.of_one_home and self._whose.two_homes:
                members = members - self._whose.two_homes
            if members not in by_set:
                by_set[members] = members & ours
            sets[domain] = by_set[members]
        return sets

    @cached_property
    def _asked(self) -> list[str] | None:
        """Return the children to load; None for all, which is faster than listing them."""
        return None if len(self.ids) == len(self.source.children()) else list(self.ids)

    def _shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Drop source locations, and replace children with codes, if this viewer may not see them."""
        if self.allowed.without_source:
            frame = frame.assign(
                **{
                    name: pd.Series(pd.NA, index=frame.index, dtype=frame[name].dtype)
                    for name in OF_SOURCE
                    if name in frame.columns
                }
            )
        return self.codes.coded(frame) if self.allowed.coded else frame

    @property
    def narratives(self) -> bool:
        """Whether event details, which may describe other children, are shown as written."""
        return self.allowed.role.narratives and not self.allowed.without_source

    def may_see(self, name: str) -> bool:
        """Check whether this view may show single children's values of an element, event or indicator."""
        kinds = (self.allowed.elements, self.allowed.timeline, self.allowed.indicators)
        # Of some domains it shows nobody, as of a student below 18.
        return any(name in kind and bool(self.sets.get(kind[name])) for kind in kinds)

    def _seen(self, values: pd.DataFrame) -> pd.DataFrame:
        newest, trust = self._ties.newest_days, self.source.trust()
        return seen_values(values, self.allowed.elements, self.sets, self.allowed.hidden, newest, trust)

    @cached_property
    def _values(self) -> pd.DataFrame:
        values = self.source.values(self._asked, sorted(self.allowed.elements))
        return self._seen(values)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Table ``values``: chosen and compared among the systems that this view may show."""
        return self._shown(self._without_others(self._values, "element", "value"))

    @cached_property
    def timeline(self) -> pd.DataFrame:
        """Table ``timeline``."""
        line = seen_timeline(
            self.source.timeline(self._asked), self.allowed.timeline, self.sets, self.allowed.hidden
        )
        return self._shown(self._without_others(line, "kind", "detail"))

    def _without_others(self, rows: pd.DataFrame, named: str, text: str) -> pd.DataFrame:
        """Mask what may identify other children in narratives."""
        is_narrative = rows[named].isin(list(self.policy.parts.narratives)) & rows[text].notna()
        # What somebody wrote herself, she may read as she wrote it.
        in_own_words = named == "element" and self.allowed.role.who == "child"
        if self.allowed.role.narratives or in_own_words or not is_narrative.any():
            return rows
        if self.allowed.without_source:
            return rows.assign(**{text: rows[text].mask(is_narrative)})
        known = self.source.children()[["child", "first_name", "last_surname"]]
        texts = rows[text].copy()
        for child, own in rows[is_narrative].groupby("child"):
            mine = known[known["child"].eq(child).to_numpy(dtype=bool)]
            but = name_parts({*mine["first_name"].dropna(), *mine["last_surname"].dropna()})
            texts.loc[own.index] = without_words(own[text], self._ties.names, but)
        return rows.assign(**{text: texts})

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators``: only if everything that they are computed from may be shown."""
        rows = self.source.indicators(self._asked)
        seen = seen_indicators(rows, self.allowed.indicators, self.allowed.elements, self.sets)
        return self._shown(seen) if len(seen.columns) else seen

    @cached_property
    def children(self) -> pd.DataFrame:
        """Return one row per child.

        ``child``; those of ``first_name, last_surname, school, grade_level, birth_date`` that may be shown;
        and ``silos``: the number of visible systems with any of these domains.
        """
        names = [name for name in FOUND_BY if name in self.allowed.elements]
        if len(self.ids) == 1 or "_values" in self.__dict__:
            values = self._values
        else:
            values = self._seen(self.source.values(self._asked, names))
        reported = values["status"].eq("Reported") & values["element"].isin(names)
        needed = ["child", "element", "school_year", "silo", "value", "chosen"]
        by_element: dict[str, dict[str, str]] = {name: {} for name in names}
        systems: dict[str, set[str]] = {}
        for row in each_row(values[needed][reported.to_numpy(dtype=bool)]):
            systems.setdefault(row.child, set()).add(row.silo)
            if row.chosen and row.school_year in (None, self.school_year):
                by_element[row.element].setdefault(row.child, row.value)
        ids = list(self._seen_ids)
        columns: dict[str, pd.Series] = {"child": pd.Series(ids, dtype=STRING)}
        for name, given in by_element.items():
            column = pd.Series([given.get(child) for child in ids], dtype=STRING)
            dated = name == "birth_date"
            columns[name] = pd.to_datetime(column).astype("datetime64[us]") if dated else column
        columns["silos"] = pd.Series([len(systems.get(child, ())) for child in ids], dtype="Int64")
        return self._shown(pd.DataFrame(columns))

    @cached_property
    def _seen_ids(self) -> tuple[str, ...]:
        """Return the children about whom anything may be shown."""
        seen: frozenset[str] = frozenset().union(*self.sets.values()) if self.sets else frozenset()
        return tuple(child for child in self.ids if child in seen)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Counts of children in domains that show no single child; see `counted_groups`."""
        return counted_groups(
            self.source,
            self.policy,
            {domain: self._whose.children.get(domain, frozenset()) for domain in self.allowed.counted},
            self.school_year,
        )

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """Guardians of the children, if they may be shown; a guardian sees only those of the same home."""
        asked_for = self.sets.get("family_contacts", frozenset())
        if "family_contacts" in self.allowed.rows and self._whose.homes:
            asked_for = self._whose.children.get("family_contacts", frozenset()) & frozenset(self.ids)
        rows = self._ties.guardians(asked_for)
        rows = rows[~rows["silo"].isin(list(self.allowed.hidden)).to_numpy(dtype=bool)]
        if self._whose.homes:
            own = rows["child"].map(dict(self._whose.homes)).astype(STRING)
            rows = rows[rows["home"].eq(own).fillna(False).to_numpy(dtype=bool)]
        contacts = rows[CONTACT].reset_index(drop=True)
        if self.allowed.without_source:
            contacts = contacts.drop(columns=["silo", "adult", "home"])
        return self.codes.coded(contacts) if self.allowed.coded else contacts

    @cached_property
    def withheld(self) -> pd.DataFrame:
        """``domain, title, allow, why, rule_id, citation``: by domain, never by child."""
        held = self.allowed.withheld
        later = [
            (domain, self.policy.domains[domain].title, "none", f"from 18 on: {rule.reason}", rule.rule_id,
             self.policy.citation(rule.rule_id))
            for domain, rule in self.allowed.rows.items()
            if rule.scope == "self at 18" and self._whose.under_age
        ]  # fmt: skip
        if not later:
            return held
        more = pd.DataFrame(later, columns=list(held.columns), dtype="string")
        both = pd.concat([held, more], ignore_index=True)
        order = {name: place for place, name in enumerate(self.policy.domains)}
        return both.sort_values("domain", key=lambda names: names.map(order), ignore_index=True)

    def of(self, child: str) -> View:
        """Restrict the view to one child.

        Parameters
        ----------
        child
            A child in ``children`` of this view.

        Returns
        -------
        View
            The same view with that child alone.

        Raises
        ------
        Refused
            If this view may not show the child.
        """
        known = self.codes.child_of(child) if self.allowed.coded else child
        if known is None or not any(known in members for members in self.sets.values()):
            raise Refused(
                f"That child is none of those whom a {self.allowed.role.title.lower()} may see here for "
                f"the purpose {self.purpose!r}."
            )
        one = replace(self, ids=(known,))
        if self._audit is not None:
            one.log("one child", shown_hash(one.values, one.timeline, one.indicators))
        return one

    def log(self, what: str, shown: str | None = None) -> None:
        """Add a line to the audit log, if there is one: the action, and a hash of what was shown."""
        if self._audit is None:
            return
        names = pd.DataFrame({"child": pd.Series(list(self.ids), dtype=STRING)})
        self._audit.log(
            role=self.role,
            who=self.logged_who,
            purpose=self.purpose,
            elements=sorted(self.allowed.elements),
            children=len(self.ids),
            shown=shown or shown_hash(names),
            what=what,
        )

    @property
    def logged_who(self) -> str:
        """Return the viewer's name for the log; a student's name would disclose a child's id there."""
        return "self" if self.allowed.role.who == "child" else self.who

    def source_rows(self, child: str, element: str, school_year: int | None = None) -> pd.DataFrame:
        """List the source rows of a value in this view.

        Parameters
        ----------
        child
            A child of this view.
        element
            Name of an element.
        school_year
            Year of the value.

        Returns
        -------
        pandas.DataFrame
            Table ``source_rows``, from the systems that the view shows for that value.

        Raises
        ------
        Refused
            If the view doesn't show the value, or not its source.
        """
        from helpers.profile import source_rows

        if self.allowed.without_source or element not in self.allowed.elements:
            raise Refused(
                f"A {self.allowed.role.title.lower()} may not open the rows of {element!r} for the purpose "
                f"{self.purpose!r}."
            )
        one = self if self.ids == (child,) else self.of(child)
        mine = one.values[one.values["element"].eq(element).to_numpy(dtype=bool)]
        rows = source_rows(self.source, child, element, school_year)
        return rows[rows["silo"].isin(mine["silo"].dropna().unique()).to_numpy(dtype=bool)].reset_index(
            drop=True
        )

    def save(self, out: Path) -> list[Path]:
        """Write the view to a folder; see `save_view`."""
        return save_view(self, out)


def save_view(view: View, out: Path) -> list[Path]:
    """Write a view to a folder."""
    tables: dict[str, pd.DataFrame] = {name: getattr(view, name) for name in FILES}
    # We also replace files of an earlier view, so that an interrupted save leaves no table of another role
    # among those of this one.
    with all_or_none(out, (MANIFEST, *(f"{name}.csv" for name in FILES))) as draft:
        drafted = [
            save_table(table.loc[:, table.notna().any(axis=0).to_numpy(dtype=bool)], draft / f"{name}.csv")
            for name, table in tables.items()
            if len(table)
        ]
        about = {
            "role": view.role,
            "purpose": view.purpose,
            "school_year": view.school_year,
            "as_of": None if view.as_of is None else view.as_of.strftime("%Y-%m-%d"),
            "children": len(view.children),
            "tables": [path.name for path in drafted],
            "condition": CONDITION,
            "teaches": view.policy.teaches,
        }
        text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
        write_atomically(draft / MANIFEST, text.encode("utf-8"))
        # Log before the files appear: files released without a log entry are worse than an entry without
        # files.
        view.log("written", shown_hash(*tables.values()))
    return [out / path.name for path in (*drafted, out / MANIFEST)]
