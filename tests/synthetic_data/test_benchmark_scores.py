"""The scorer of the benchmark: counted by hand, against all pairs one by one, and on entries with errors."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synthetic_data.benchmark import Entry, EntryError, LinkageSet, Scores, read_entry, read_set, score_entry
from synthetic_data.benchmark import scorer as scorer_module
from synthetic_data.benchmark.flat_files import KINDS
from synthetic_data.benchmark.scorer import LINKABLE_BY, RECORD, _cells, interval
from tests.synthetic_data.benchmark_by_hand import RECORDS, write_entry, write_set

PAIR = tuple[str, str, str, str]
A1, A2, A3, B1, B2, C1, C2 = (row[:2] for row in RECORDS[:7])
ALL_RIGHT = [(*A1, *A2), (*A2, *A3), (*B1, *B2), (*C1, *C2)]
# Ana and Ben are one child; Ana's survey is left out.
SIBLINGS_MERGED = [(*A1, *A2), (*A1, *B1), (*B1, *B2), (*C1, *C2)]


@pytest.fixture
def by_hand(tmp_path: Path) -> LinkageSet:
    return read_set(write_set(tmp_path / "train" / "by-hand"))


def scores_of(
    linkage_set: LinkageSet, path: Path, rows: list[tuple[object, ...]], more: tuple[str, ...] = ()
) -> Scores:
    entry = read_entry(write_entry(path / "entry.csv", rows, more), linkage_set)
    return score_entry(linkage_set, entry, resamples=200)


def value(scores: Scores, population: str, measure: str) -> float:
    measures = scores.measures.set_index(["population", "measure"])["value"]
    return float(measures[(population, measure)])


def test_a_perfect_entry_scores_one_everywhere(by_hand: LinkageSet, tmp_path: Path) -> None:
    scores = scores_of(by_hand, tmp_path, [*ALL_RIGHT])
    for population in ("all", "named", "both dated", "one dated", "undated", "by number only", "two years"):
        for measure in ("precision", "recall", "F1"):
            assert value(scores, population, measure) == 1, (population, measure)
    assert value(scores, "all", "B-cubed F1") == 1
    assert value(scores, "all", "children complete") == 1
    assert value(scores, "all", "silent wrong joins per 1,000 children") == 0
    assert np.isnan(value(scores, "none dated", "F1"))  # the set has no such pair


def test_an_empty_entry_scores_zero(by_hand: LinkageSet, tmp_path: Path) -> None:
    scores = scores_of(by_hand, tmp_path, [])
    assert value(scores, "named", "F1") == value(scores, "named", "recall") == 0
    assert np.isnan(value(scores, "named", "precision"))
    # A child with one record that has a name is complete; the others are split.
    assert value(scores, "named", "children complete") == pytest.approx(1 / 3)
    assert value(scores, "all", "children split") == 1
    assert value(scores, "all", "wrong joins per 1,000 children") == 0
    assert scores.review["decisions"].tolist() == [0]


def test_a_wrong_merge_is_counted_as_by_hand(by_hand: LinkageSet, tmp_path: Path) -> None:
    scores = scores_of(by_hand, tmp_path, [*SIBLINGS_MERGED])
    # The four records of Ana and Ben make six pairs, two of them right. With Chi's pair: 3 of 7, and 3 of 5.
    assert value(scores, "all", "precision") == pytest.approx(3 / 7)
    assert value(scores, "all", "recall") == pytest.approx(3 / 5)
    assert value(scores, "all", "F1") == pytest.approx(1 / 2)
    assert value(scores, "named", "precision") == pytest.approx(2 / 6)
    assert value(scores, "named", "recall") == pytest.approx(2 / 4)
    assert value(scores, "both dated", "precision") == pytest.approx(1 / 3)
    assert value(scores, "both dated", "recall") == 1
    assert value(scores, "one dated", "recall") == pytest.approx(1 / 3)
    assert value(scores, "by number only", "F1") == 1
    assert value(scores, "two years", "recall") == 0
    assert value(scores, "named", "B-cubed precision") == pytest.approx((4 * 1 / 2 + 2) / 6)
    assert value(scores, "named", "B-cubed recall") == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 3) / 6)
    assert value(scores, "all", "children mixed") == pytest.approx(2 / 3)
    assert value(scores, "all", "children complete") == pytest.approx(1 / 3)
    assert value(scores, "all", "wrong joins per 1,000 children") == pytest.approx(1000 / 3)
    systems = scores.systems.set_index(["left_system", "right_system", "measure"])["value"]
    assert systems[("sis", "sis", "precision")] == 0
    assert systems[("meals", "sis", "precision")] == pytest.approx(2 / 4)
    groups = scores.groups.set_index(["group", "measure"])["value"]
    assert groups[("Spanish", "precision")] == pytest.approx(2 / 6)
    assert groups[("Vietnamese", "children complete")] == 1


@pytest.mark.parametrize(
    ("reviewed", "silent"),
    [([], 1), ([B1], 1), ([B1, B2], 0), ([A1, A2], 1)],
)
def test_a_wrong_join_is_silent_unless_all_its_records_go_to_review(
    by_hand: LinkageSet, tmp_path: Path, reviewed: list[tuple[str, str]], silent: int
) -> None:
    rows = [(*pair, "link") for pair in SIBLINGS_MERGED]
    rows += [(*record, *C1, "review") for record in reviewed]
    scores = scores_of(by_hand, tmp_path, [*rows], ("status",))
    told = value(scores, "all", "silent wrong joins per 1,000 children")
    assert told == pytest.approx(silent * 1000 / 3)
    assert value(scores, "all", "wrong joins per 1,000 children") == pytest.approx(1000 / 3)


def test_review_links_nothing_until_somebody_decides(by_hand: LinkageSet, tmp_path: Path) -> None:
    asked = [(*A1, *A3, "review"), (*A2, *A3, "review"), (*B1, *B2, "review"), (*A1, *C1, "review")]
    scores = scores_of(by_hand, tmp_path, [(*A1, *A2, "link"), *asked], ("status",))
    assert value(scores, "named", "recall") == pytest.approx(1 / 4)
    assert value(scores, "review", "pairs to review per 1,000 children") == pytest.approx(4000 / 3)
    assert value(scores, "review", "share of review pairs that are one child") == pytest.approx(3 / 4)
    review = scores.review.set_index("decisions")
    # The second question is answered by the first; a no costs a decision and changes nothing.
    assert review.index.tolist() == [0, 1, 2, 3]
    assert review["recall"].tolist() == pytest.approx([1 / 4, 3 / 4, 1, 1])
    assert review["answered_yes"].tolist() == [0, 1, 2, 2]
    assert review["precision"].tolist() == [1, 1, 1, 1]


def test_no_wrong_join_among_few_children_is_no_proof(by_hand: LinkageSet, tmp_path: Path) -> None:
    measures = scores_of(by_hand, tmp_path, [*ALL_RIGHT]).measures.set_index(["population", "measure"])
    joins = measures.loc[("all", "silent wrong joins per 1,000 children")]
    # Two households: Wilson's end, for each 1,000.
    assert joins["high"] == pytest.approx(1000 * 1.96**2 / (2 + 1.96**2))


def test_probabilities_are_compared_with_what_is_true(by_hand: LinkageSet, tmp_path: Path) -> None:
    rows = [(*A1, *A2, 0.97), (*A1, *A3, 0.96), (*A1, *B1, 0.98), (*B1, *B2, ""), (*C1, *C2, 1)]
    scores = scores_of(by_hand, tmp_path, [*rows], ("probability",))
    bins = scores.calibration.set_index("from")
    assert bins["pairs"].to_dict() == {0.95: 3, 0.999: 1}
    assert bins.loc[0.95, "mean_probability"] == pytest.approx(0.97)
    assert bins.loc[0.95, "share_right"] == pytest.approx(2 / 3)
    error = value(scores, "rated pairs", "expected calibration error")
    assert error == pytest.approx((3 * abs(0.97 - 2 / 3) + 0) / 4)


def test_a_pair_that_is_only_rated_links_nothing(by_hand: LinkageSet, tmp_path: Path) -> None:
    scores = scores_of(by_hand, tmp_path, [(*A1, *A2, 0.3, "no")], ("probability", "status"))
    assert value(scores, "named", "recall") == 0
    assert value(scores, "review", "pairs to review per 1,000 children") == 0
    assert scores.calibration["share_right"].tolist() == [1]


def test_clusters_score_as_the_pairs_that_they_imply(by_hand: LinkageSet, tmp_path: Path) -> None:
    lines = ["system,record,child", "sis,1,x", "meals,01,x", "sis,2,x", "meals,02,x", "sis,3,y", "clubs,3,y"]
    (tmp_path / "clusters.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    clusters = score_entry(by_hand, read_entry(tmp_path / "clusters.csv", by_hand), resamples=200)
    pairs = scores_of(by_hand, tmp_path, [*SIBLINGS_MERGED])
    pd.testing.assert_frame_equal(clusters.measures, pairs.measures)


def test_a_record_that_mixes_two_children_is_not_scored(by_hand: LinkageSet, tmp_path: Path) -> None:
    with_it = scores_of(by_hand, tmp_path, [*ALL_RIGHT, (*A1, "health", "9")])
    without = scores_of(by_hand, tmp_path, [*ALL_RIGHT])
    pd.testing.assert_frame_equal(with_it.measures, without.measures)


def test_counts_are_those_of_all_pairs_one_by_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    records = [
        (
            f"{rng.choice(['north', 'south'])}/{rng.choice(['sis', 'meals', 'lms'])}",
            str(number),
            str(rng.choice(LINKABLE_BY)),
            str(rng.choice([2025, 2026])),
            f"c{rng.integers(12)}" if rng.random() > 0.05 else "",
        )
        for number in range(70)
    ]
    children = [(f"c{at}", f"h{at // 2}", "all") for at in range(12)]
    linkage_set = read_set(write_set(tmp_path / "train" / "random", records, children))
    cluster = rng.integers(0, 14, 70)
    nothing = np.zeros((0, 2), dtype="int64")
    scores = score_entry(linkage_set, Entry(cluster, nothing, nothing, np.zeros(0)), resamples=10)

    counted: dict[str, list[int]] = {}
    for (one, left), (other, right) in combinations(enumerate(records), 2):
        if not left[4] or not right[4]:
            continue
        names = left[2] != LINKABLE_BY[2] and right[2] != LINKABLE_BY[2]
        dated = [left[2], right[2]].count(LINKABLE_BY[0])
        district = left[0][:5] != right[0][:5]
        populations = {
            "all": True,
            "named": names,
            "both dated": names and dated == 2,
            "one dated": names and dated == 1,
            "none dated": names and dated == 0,
            "undated": names and dated < 2,
            "by number only": not names,
            "two years": names and left[3] != right[3],
            "across districts": names and district,
        }
        true, linked = left[4] == right[4], cluster[one] == cluster[other]
        for name, belongs in populations.items():
            counts = counted.setdefault(name, [0, 0, 0])
            for place, holds in enumerate((true, linked, true and linked)):
                counts[place] += bool(belongs and holds)
    measures = scores.measures.set_index(["population", "measure"])
    for name, (possible, linked, right) in counted.items():
        found = measures.loc[(name, "recall"), "of"], measures.loc[(name, "precision"), "of"]
        assert found == (possible, linked), name
        assert measures.loc[(name, "recall"), "counted"] == right, name
    # Wrong pairs count half for each of two children, so households add up to all of them.
    groups = scores.groups.set_index("measure")
    assert groups.loc["precision", "of"] == counted["named"][1]
    systems = scores.systems[scores.systems["measure"].eq("precision")]
    assert systems["of"].sum() == counted["all"][1]


def test_populations_are_those_of_the_kits_own_scores() -> None:
    populations = pytest.importorskip("helpers.score.populations")
    words = pd.Series(["Name and birth date", "Name only", "Identifier only"])
    kinds = populations.record_kinds(words)
    assert [KINDS.get(word, LINKABLE_BY[2]) for word in words] == [LINKABLE_BY[kind] for kind in kinds]
    records = [("sis", str(at), LINKABLE_BY[kind], "2026", "Ana") for at, kind in enumerate(kinds)]
    records += [("meals", *row[1:]) for row in records]
    children = np.array([0] * 6)
    linkage_set = LinkageSet(
        "train/x",
        pd.DataFrame(records).set_axis([*RECORD, "linkable_by", "school_year", "child"], axis=1),
        children,
        np.array([0]),
        pd.DataFrame(index=[0]),
    )
    cell, masks = _cells(linkage_set)
    named = populations.population_codes(np.tile(kinds, 2)[:, None], np.tile(kinds, 2)[None, :])
    for at, name in enumerate(populations.POPULATIONS):
        assert np.array_equal(masks[name.lower()][cell[:, None], cell[None, :]], named == at), name


def test_intervals_cover_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    household = np.arange(120)
    covered = {"households": 0, "pairs": 0}
    runs, rate = 300, 0.85
    for _ in range(runs):
        # Pairs of one household are right or wrong together, more or less.
        pairs = rng.integers(5, 60, 120).astype("float64")
        right = rng.binomial(pairs.astype("int64"), rng.beta(1.7, 0.3, 120)).astype("float64")
        sampled = scorer_module._Resampled(household, 200, int(rng.integers(1_000_000)))
        sums, drawn, households = sampled.totals(right=right, pairs=pairs)
        share = float(sums["right"][0] / sums["pairs"][0])
        low, high = interval(share, drawn["right"] / drawn["pairs"], households["pairs"])
        covered["households"] += low <= rate <= high
        half = 1.96 * np.sqrt(share * (1 - share) / sums["pairs"][0])
        covered["pairs"] += share - half <= rate <= share + half
    # 95% less three standard errors of 300 runs, and what 200 resamples cost.
    assert covered["households"] / runs > 0.90
    # Pairs as if they were independent: what a wrong interval would look like.
    assert covered["pairs"] / runs < 0.70


def test_no_error_among_few_households_is_no_proof() -> None:
    low, high = interval(1.0, np.ones(50), 30)
    assert low == pytest.approx(30 / (30 + 1.96**2))
    assert high == 1
    assert interval(0.0, np.zeros(50), 30)[1] == pytest.approx(1 - low)
    assert np.isnan(interval(1.0, np.ones(50), 1)).all()


GOOD = ",".join([*A1, *A2])
BAD_ENTRIES = {
    "columns": ("a,b\n1,2\n", ["left_system", "system, record, child"]),
    "empty file": ("", ["can't be read"]),
    "system": (
        f"{','.join(scorer_module.PAIR)}\n{GOOD}\nsiss,1,meals,01\n",
        ["line 3", "left_system", "sis"],
    ),
    "record": (f"{','.join(scorer_module.PAIR)}\nsis,1,meals,1\n", ["line 2", "right_record", "'1'", "'01'"]),
    "itself": (f"{','.join(scorer_module.PAIR)}\nsis,1,sis,1\n", ["line 2", "both sides"]),
    "status": (
        f"{','.join(scorer_module.PAIR)},status\n{GOOD},maybe\n",
        ["line 2", "status", "'maybe'", "link, review, no"],
    ),
    "probability": (
        f"{','.join(scorer_module.PAIR)},probability\n{GOOD},0.5\n{GOOD},1.01\n",
        ["line 3", "probability", "'1.01'", "from 0 to 1"],
    ),
    "no number": (f"{','.join(scorer_module.PAIR)},probability\n{GOOD},high\n", ["line 2", "'high'"]),
    "twice": ("system,record,child\nsis,1,a\nsis,1,b\n", ["line 3", "twice"]),
    "no child": ("system,record,child\nsis,1,a\nsis,2,\n", ["line 3", "child", "empty"]),
}


@pytest.mark.parametrize("name", BAD_ENTRIES)
def test_a_malformed_entry_gets_one_clear_error(by_hand: LinkageSet, tmp_path: Path, name: str) -> None:
    text, words = BAD_ENTRIES[name]
    path = tmp_path / "entry.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EntryError) as raised:
        read_entry(path, by_hand)
    assert str(path) in str(raised.value)
    for word in words:
        assert word in str(raised.value)


def test_a_key_of_another_set_is_refused(tmp_path: Path) -> None:
    place = write_set(tmp_path / "train" / "by-hand")
    other = write_set(tmp_path / "train" / "other", RECORDS[:-1])
    with pytest.raises(EntryError, match="is not the key of"):
        read_set(place, other)


def test_a_set_without_a_key_says_what_to_do(tmp_path: Path) -> None:
    place = write_set(tmp_path / "test" / "by-hand")
    (place / "key.csv").unlink()
    with pytest.raises(EntryError, match="--key"):
        read_set(place)


def test_the_scorer_runs_alone(tmp_path: Path) -> None:
    place = write_set(tmp_path / "train" / "by-hand")
    entry = write_entry(tmp_path / "entry.csv", ALL_RIGHT)
    alone = tmp_path / "score.py"
    alone.write_bytes(Path(scorer_module.__file__).read_bytes())
    # -I leaves out this folder and the environment; a finder refuses the kit even where it is installed.
    code = (
        "import sys, runpy\n"
        "class No:\n"
        "    def find_spec(self, name, *more):\n"
        "        assert name.split('.')[0] not in ('helpers', 'synthetic_data', 'scipy', 'click'), name\n"
        "sys.meta_path.insert(0, No())\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", code, alone, place, entry, "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "B-cubed F1" in told.stdout
    assert (tmp_path / "out" / "benchmark_measures.csv").is_file()
