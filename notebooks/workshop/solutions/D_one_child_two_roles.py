"""Solutions of session D, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "D.1": (
        """
family = set(seen.loc[seen["reader"].eq("family"), "subject"])
teacher = set(seen.loc[seen["reader"].eq("teacher"), "subject"])
family_only = family - teacher
""",
        """
counts = pd.crosstab(seen["subject"], seen["reader"])
family_only = list(counts.index[counts["family"].gt(0) & counts["teacher"].eq(0)])
""",
    ),
    "D.2": (
        """
def choose(said, order):
    known = said.dropna(subset="says")
    known = known.assign(place=known["system"].map(order.index)).sort_values("place")
    return known.drop_duplicates("what")[["what", "system", "says"]]
""",
        """
def choose(said, order):
    known = said[said["says"].notna()]
    place = known["system"].map({system: number for number, system in enumerate(order)})
    return known.loc[place.groupby(known["what"]).idxmin(), ["what", "system", "says"]]
""",
    ),
    "D.3": (
        """
def page_is_sound(page, said):
    once = page["what"].is_unique
    complete = set(page["what"]) == set(said["what"])
    printed = set(zip(page["what"], page["system"], page["says"]))
    return once and complete and printed <= set(zip(said["what"], said["system"], said["says"]))
""",
        """
def page_is_sound(page, said):
    assert not page["what"].duplicated().any()
    assert said["what"].isin(page["what"]).all()
    for what, system, says in zip(page["what"], page["system"], page["says"], strict=True):
        assert (said["what"].eq(what) & said["system"].eq(system) & said["says"].eq(says)).any()
""",
    ),
    "D.4": (
        """
shown = surnames[surnames["chosen"]].set_index("child")["says"]
meals = surnames[surnames["system"].eq("meals")].drop_duplicates("child")
another_surname = int(meals["says"].ne(meals["child"].map(shown)).sum())
""",
        """
page = surnames.loc[surnames["chosen"], ["child", "says"]]
meals = surnames.loc[surnames["system"].eq("meals"), ["child", "says"]].drop_duplicates("child")
both = page.merge(meals, on="child", how="inner", validate="one_to_one", suffixes=("_page", "_meals"))
another_surname = len(both.query("says_page != says_meals"))
""",
    ),
    "D.5": (
        """
says = " or ".join(str(one) for one in two["says"].unique())
decision = (
    "Today the page prints the date that our written order of trust gives, because that rule held before we "
    f"knew this child, and notes that systems disagree ({says}). We ask the mother to show the certificate."
)
""",
        """
decision = (
    "We print one date by the written rule, since a page with two helps nobody, and show which system says "
    "another. The registrar calls the family this week; the system that was wrong is corrected there."
)
""",
    ),
    "D.6": (
        """
printed = two.loc[two["chosen"], "says"].item()
other = two[two["says"].ne(printed)].iloc[0]
place = (other["file"], int(other["row"]))
""",
        """
printed = two.query("chosen")["says"].to_list()
place = tuple(two.loc[~two["says"].isin(printed), ["file", "row"]].squeeze())
""",
    ),
    "D.7": (
        """
not_known = int(visits["status"].ne("Reported").sum())
""",
        """
not_known = len(visits) - len(visits.query("status == 'Reported'"))
""",
    ),
    "D.8": (
        """
def zeros_are_counted(values):
    return (values["value_number"].notna() == values["status"].eq("Reported")).all()
""",
        """
def zeros_are_counted(values):
    known = values["status"] == "Reported"
    assert values.loc[known, "value_number"].notna().all(), "a known number is blank"
    assert values.loc[~known, "value_number"].isna().all(), "a number that nobody reported"
""",
    ),
    "D.9": (
        """
different_systems = questions["systems_needed"].str.split("; ").explode().nunique()
""",
        """
opened = set()
for systems in questions["systems_needed"]:
    opened |= {one.strip() for one in systems.split(";")}
different_systems = len(opened)
""",
    ),
}

MISTAKES = {
    "D.1": (
        (
            """
family_only = set(seen.loc[seen["reader"].eq("family"), "subject"])
""",
            "Take away what the teacher reads",
        ),
        (
            """
family = set(seen.loc[seen["reader"].eq("family"), "subject"])
family_only = set(seen.loc[seen["reader"].eq("teacher"), "subject"]) - family
""",
            "not the other way around",
        ),
    ),
    "D.2": (
        (
            """
def choose(said, order):
    return said.sort_values("export of", ascending=False).drop_duplicates("what")[["what", "system", "says"]]
""",
            "SIS comes first",
        ),
        (
            """
def choose(said, order):
    ranked = said.assign(place=said["system"].map(order.index)).sort_values("place")
    return ranked.drop_duplicates("what")[["what", "system", "says"]]
""",
            "is empty on the page, although",
        ),
    ),
    "D.3": (
        (
            """
def page_is_sound(page, said):
    return page["what"].is_unique
""",
            "a value under the name of a system that never said it",
        ),
        (
            """
def page_is_sound(page, said):
    return page["says"].isin(said["says"]).all()
""",
            "a fact that has two rows",
        ),
    ),
    "D.4": (
        (
            """
shown = surnames[surnames["chosen"]].set_index("child")["says"]
another_surname = int(surnames["says"].ne(surnames["child"].map(shown)).sum())
""",
            "all systems together",
        ),
        (
            """
another_surname = surnames.loc[surnames["system"].eq("meals"), "child"].nunique()
""",
            "For how many is it another one?",
        ),
    ),
    "D.6": (
        (
            """
place = (two["file"].iloc[0], two["row"].iloc[0])
""",
            "which the page prints",
        ),
        (
            """
place = two.loc[~two["chosen"], "file"].iloc[0]
""",
            "Give a pair",
        ),
    ),
    "D.7": (
        (
            """
not_known = int(visits["value_number"].eq(0).sum())
""",
            "have zero visits. Somebody counted them",
        ),
        (
            """
not_known = int(visits["value_number"].fillna(0).eq(0).sum())
""",
            "Look at status, not at numbers",
        ),
    ),
    "D.8": (
        (
            """
def zeros_are_counted(values):
    return values["value_number"].notna().all()
""",
            "It complains about a blank that has its reason",
        ),
        (
            """
def zeros_are_counted(values):
    return (values.loc[values["status"].ne("Reported"), "value_number"] != 0).all()
""",
            "three visits where nobody collects them",
        ),
    ),
    "D.9": (
        (
            """
different_systems = int(questions["before"].sum())
""",
            "She logs in once to each",
        ),
        (
            """
different_systems = questions["systems_needed"].str.split(";").explode().nunique()
""",
            "mind the space",
        ),
    ),
}

WHY = {
    "D.1": (
        "A reader gets what her part in the child's life needs. The teacher may have use for some of "
        "it; each no has a reason that she can read on the page."
    ),
    "D.2": (
        "Whole rows are kept, so a value can't lose its source. And an empty cell of the most trusted"
        " system must not beat a value that another one has."
    ),
    "D.3": (
        "Once, complete, and never under a false name: the three ways in which choosing goes wrong "
        "without an error message. The order itself is a decision, so the test doesn't know it."
    ),
    "D.4": (
        "The order of trust decides what a page prints, so compare each child once with the other system. "
        "Read some of them aloud: an accent or a second surname is part of a name, and no typing error."
    ),
    "D.5": (
        "A rule prints something today; a person finds out what is true. The decision names both, and"
        " the next page can be right because somebody was asked."
    ),
    "D.6": (
        "With the file and the row, the call to the office takes a minute: you can read her the line "
        "that her own system exported."
    ),
    "D.7": (
        "Zero is a number that somebody counted; unknown is the lack of one. Filling the blanks with "
        "zeros counts both as children who never come."
    ),
    "D.8": (
        "One comparison says both: no number without somebody who reported it, and no reported number"
        " that got lost on the way."
    ),
    "D.9": (
        "Each system has its own log-in and its own idea of who this child is. The fair count is "
        "smaller than the picture's, and it is still far more than one page."
    ),
}
