"""What each exchange level answers: districts that differ in nothing but what their systems exchange."""

from __future__ import annotations

import pytest

from helpers.profile.questions import declared_questions
from helpers.standard import BadInput
from synthetic_data.studies.questions import AtLevels, at_levels

LEVELS = ("none", "governed")


@pytest.fixture(scope="module")
def asked() -> AtLevels:
    return at_levels(LEVELS, students=80, seeds=(5,))


@pytest.mark.full
def test_governed_exchange_answers_what_no_exchange_cannot(asked: AtLevels) -> None:
    found = asked.questions
    assert len(found) == len(LEVELS) * len(declared_questions())
    answered = {
        level: set(found.loc[found["level"].eq(level) & found["status"].eq("Answered"), "question"])
        for level in LEVELS
    }
    assert answered["none"] < answered["governed"]
    apart = found[found["status"].ne("Answered")]
    assert apart["why"].isin(["Not joined", "Not fresh", "Not collected", "Not said"]).all()
    assert apart["lacks"].notna().all()
    assert found["answerable"].le(found["concerned"]).all()
    # What is lacking without exchange is mostly what nobody joined and what is too old.
    assert {"Not joined", "Not fresh"} <= set(apart.loc[apart["level"].eq("none"), "why"])


@pytest.mark.full
def test_families_who_look_in_know_more_where_the_portal_knows_the_child(asked: AtLevels) -> None:
    told = asked.families[asked.families["domain"].eq("absences").fillna(False)]
    share = told.set_index(["level", "measure"])["share"]
    assert share["governed", "up to date"] > share["none", "up to date"]
    assert share["governed", "Not joined to the portal"] == 0
    assert told["numerator"].le(told["denominator"]).all()


def test_an_unknown_way_to_join_is_refused() -> None:
    with pytest.raises(BadInput, match="shared identifier"):
        at_levels(("none",), students=80, method="shared identifer")
