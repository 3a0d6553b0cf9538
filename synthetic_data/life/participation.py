"""Simulate participation outside lessons: school activities and community clubs.

Children with more engagement and support take part in more and stay longer. Activities of both school years
have a season; clubs are from this school year, and their hours add up weekly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import text, whole_days
from synthetic_data.facts import rows
from synthetic_data.life.effects import effect
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured, whole_number
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "ACTIVITIES",
    "CLUBS",
    "EFFECTS",
    "ClubMembers",
    "Participation",
    "club_elements",
    "draw_club_members",
    "draw_participation",
    "named",
    "participation_elements",
]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

SEASONS = {"fall": (0.02, 0.40), "winter": (0.42, 0.68), "spring": (0.69, 0.97), "all year": (0.06, 1.0)}


class Activity(NamedTuple):
    """An activity that schools offer; its shares are the kit's own."""

    title: str
    kind: str
    level: str | None
    """Varsity, Junior Varsity; None where there is one level only."""
    grades: tuple[int, int]
    season: tuple[float, float]
    """Its first and last day, as shares of the school year."""
    share: float
    """Of an average child of these grades."""


def _grades(row: dict[str, str]) -> tuple[int, int]:
    return int(row["first_grade"]), int(row["last_grade"])


ACTIVITIES = tuple(
    Activity(one["title"], one["kind"], one["level"] or None, _grades(one), SEASONS[one["season"]], share)
    for one in rows("school_activities")
    for share in [float(one["share"])]
)


class Club(NamedTuple):
    """A club of the community partner."""

    title: str
    grades: tuple[int, int]
    share: float
    """Of an average child of these grades."""
    hours: float
    """A week."""


CLUBS = tuple(
    Club(one["title"], _grades(one), float(one["share"]), float(one["hours"]))
    for one in rows("partner_clubs")
)

# The kit's own sizes.
ENGAGEMENT_IN_ACTIVITIES, SUPPORT_IN_ACTIVITIES = 0.55, 0.25
ENGAGEMENT_IN_CLUBS, SUPPORT_IN_CLUBS = 0.25, 0.35
GIVES_UP, ENGAGEMENT_IN_GIVING_UP = 0.08, -0.45
HAS_A_ROLE = 0.06
COMES = (0.75, 0.12)  # share of a club's hours that a member attends, and its spread
LEAVES_CLUB = 0.15
FEWEST_DAYS = 10  # school days: later newcomers in a season don't join any more

EFFECTS = (
    effect("engagement_in_activities", ENGAGEMENT_IN_ACTIVITIES),
    effect("support_in_activities", SUPPORT_IN_ACTIVITIES),
    effect("engagement_in_giving_up", ENGAGEMENT_IN_GIVING_UP),
    effect("engagement_in_clubs", ENGAGEMENT_IN_CLUBS),
    effect("support_in_clubs", SUPPORT_IN_CLUBS),
)


@dataclass(frozen=True)
class Participation:
    """Children in school activities, one period each, as arrays."""

    child: Codes
    school: Codes
    activity: Codes
    """Place in `ACTIVITIES`."""
    year: Codes
    begin: Days
    end: Days
    """``NaT``: to the end of the school year."""
    leads: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClubMembers:
    """Children in clubs of this school year, one period each, as arrays."""

    child: Codes
    club: Codes
    """Place in `CLUBS`."""
    begin: Days
    end: Days
    """``NaT``: still a member."""
    hours_a_week: Numbers

    def hours(self, until: np.datetime64) -> Numbers:
        """Return the hours of each member up to a day, in half hours; below zero: not started."""
        last = np.where(np.isnat(self.end) | (self.end > until), until, self.end)
        weeks = (last - self.begin).astype("int64") // 7 + 1
        return np.where(self.begin <= until, np.round(2 * self.hours_a_week * weeks) / 2, -1.0)


def draw_participation(scenario: Scenario, schooling: Schooling, traits: Traits) -> Participation:
    """Draw participation in school activities in both school years."""
    enrollments, children = schooling.enrollments, len(traits.engagement)
    pull = ENGAGEMENT_IN_ACTIVITIES * traits.engagement + SUPPORT_IN_ACTIVITIES * traits.support
    shares = np.array([one.share for one in ACTIVITIES])
    first, last = np.array([one.grades for one in ACTIVITIES]).T
    parts = []
    for (year, level), laid_out in schooling.years.items():
        rng = rng_for(scenario.seed, "participation", year, level)
        # Drawn per child, not per enrollment period: a child who changes school continues the same activity
        # there.
        draw = rng.random((children, len(ACTIVITIES)))
        stays = rng.random((children, len(ACTIVITIES)))
        leads = rng.random((children, len(ACTIVITIES))) < HAS_A_ROLE
        length = len(laid_out.days)
        begins, ends = (
            (np.array([one.season[n] for one in ACTIVITIES]) * (length - 1)).astype("int64") for n in range(2)
        )
        mine = enrollments.attended(year, level)
        child, grade = enrollments.child[mine], enrollments.grade[mine, None]
        chance = _chance(np.log(shares / (1 - shares)) + pull[child, None])
        joined = (draw[child] < chance) & (grade >= first) & (grade <= last)
        row, activity = np.nonzero(joined)
        of = mine[row]
        gone = np.where(enrollments.is_open[of], length - 1, enrollments.end[of])
        begin, end = np.maximum(begins[activity], enrollments.begin[of]), np.minimum(ends[activity], gone)
        # Children who quit do so in the first half of the season.
        odds = np.log(GIVES_UP / (1 - GIVES_UP)) + ENGAGEMENT_IN_GIVING_UP * traits.engagement[child[row]]
        chance_up = _chance(odds)
        share = stays[child[row], activity] / chance_up
        end = np.where(
            share < 1, np.minimum(end, begin + 5 + (share * (end - begin) / 2).astype("int64")), end
        )
        kept = (end - begin >= FEWEST_DAYS) & (begin < laid_out.past)
        row, activity, begin, end, of = row[kept], activity[kept], begin[kept], end[kept], of[kept]
        over = laid_out.days[end]
        # A child who stays to the last day has no end date of her own.
        over = np.where(end >= length - 1, np.datetime64("NaT", "D"), over)
        parts.append(
            (
                enrollments.child[of],
                enrollments.school[of],
                activity,
                np.full(len(of), year),
                laid_out.days[begin],
                over,
                leads[enrollments.child[of], activity],
            )
        )
    return Participation(*(np.concatenate([part[n] for part in parts]) for n in range(7)))


def participation_elements(
    participation: Participation, year: int, children: int, until: np.datetime64
) -> list[Element]:
    """Count and list each child's activities of a school year up to a day."""
    mine = (participation.year == year) & (participation.begin <= until)
    titles = sorted({named(one) for one in ACTIVITIES})
    of = np.array([titles.index(named(one)) for one in ACTIVITIES])
    pairs = np.unique(participation.child[mine] * len(titles) + of[participation.activity[mine]])
    return [
        Element("school_activities", _of_some(pairs // len(titles), children), whole_number),
        _names("activity_names", pairs // len(titles), pairs % len(titles), titles, children),
    ]


def _names(name: str, child: Codes, place: Codes, titles: list[str], children: int) -> Element:
    """Pack each child's titles into one number, one bit each; a child's titles are distinct."""
    numbers = np.bincount(child, weights=2.0**place, minlength=children)

    def write(numbers: Numbers) -> object:
        held = numbers.astype("int64")[:, None] >> np.arange(len(titles)) & 1
        return text(["; ".join(np.array(titles, dtype=object)[row == 1]) for row in held])

    return Element(name, np.where(numbers > 0, numbers, np.nan), write)


def named(activity: Activity) -> str:
    """Return the title of an activity with its level, as announced."""
    return f"{activity.level} {activity.title}" if activity.level else activity.title


def draw_club_members(scenario: Scenario, schooling: Schooling, traits: Traits) -> ClubMembers:
    """Draw club membership in this school year."""
    enrollments, children = schooling.enrollments, len(traits.engagement)
    rng = rng_for(scenario.seed, "clubs")
    grade = np.full(children, -1)
    since, gone = np.full(children, np.datetime64("NaT", "D")), np.full(children, np.datetime64("NaT", "D"))
    mine = enrollments.attended(scenario.school_year)
    begin, end = (
        schooling.school_enrollment[column].to_numpy().astype("datetime64[D]")[mine]
        for column in ("begin_date", "end_date")
    )
    grade[enrollments.child[mine]] = enrollments.grade[mine]
    gone[enrollments.child[mine]] = end
    since[enrollments.child[mine][::-1]] = begin[::-1]  # the first enrollment period counts
    shares = np.array([one.share for one in CLUBS])
    first, last = np.array([one.grades for one in CLUBS]).T
    pull = ENGAGEMENT_IN_CLUBS * traits.engagement + SUPPORT_IN_CLUBS * traits.support
    chance = _chance(np.log(shares / (1 - shares)) + pull[:, None])
    draw, when = rng.random((children, len(CLUBS))), rng.random((children, len(CLUBS)))
    comes = (COMES[0] + COMES[1] * rng.standard_normal((children, len(CLUBS)))).clip(0.3, 1.0)
    leaves, early = rng.random((children, len(CLUBS))), rng.random((children, len(CLUBS)))
    child, club = np.nonzero((draw < chance) & (grade[:, None] >= first) & (grade[:, None] <= last))
    # Most join in September, some later.
    opens = np.datetime64(f"{scenario.school_year - 1}-09-08")
    days = (when[child, club] ** 3 * 200).astype("int64")
    joined = np.maximum(opens + whole_days(days), since[child] + whole_days(7))
    days = 30 + (early[child, club] * 150).astype("int64")
    ended = np.where(leaves[child, club] < LEAVES_CLUB, joined + whole_days(days), np.datetime64("NaT", "D"))
    ended = np.where(np.isnat(ended) | (gone[child] < ended), gone[child], ended)
    closing = np.datetime64(scenario.as_of, "D")
    ended = np.where(ended <= closing, ended, np.datetime64("NaT", "D"))
    kept = (joined <= closing) & (np.isnat(ended) | (ended >= joined))
    hours = np.array([one.hours for one in CLUBS])[club] * comes[child, club]
    return ClubMembers(child[kept], club[kept], joined[kept], ended[kept], hours[kept])


def club_elements(members: ClubMembers, children: int, until: np.datetime64) -> list[Element]:
    """Count and list each child's clubs and their hours up to a day; missing for children in none."""
    hours = members.hours(until)
    there = hours >= 0
    clubs = _of_some(members.child[there], children)
    summed = np.bincount(members.child[there], hours[there], minlength=children)
    titles = sorted(club.title for club in CLUBS)
    of = np.array([titles.index(club.title) for club in CLUBS])
    pairs = np.unique(members.child[there] * len(titles) + of[members.club[there]])
    return [
        Element("community_clubs", clubs, whole_number),
        Element("club_hours", np.where(np.isnan(clubs), np.nan, summed), measured),
        _names("club_names", pairs // len(titles), pairs % len(titles), titles, children),
    ]


def _of_some(child: Codes, children: int) -> Numbers:
    counts = np.bincount(child, minlength=children).astype("float64")
    return np.where(counts > 0, counts, np.nan)


def _chance(log_odds: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-log_odds))
