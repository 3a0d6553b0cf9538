"""Solutions of notebook 03, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-3.1": """
of_left = set(links.crosswalk.loc[links.crosswalk["silo"].eq(left), "child"])
of_right = set(links.crosswalk.loc[links.crosswalk["silo"].eq(right), "child"])
match_rate = len(of_left & of_right) / len(of_left)
""",
    "exercise-3.2": """
both = compare_records(found, district.people, ["birth_date"])
both = both.dropna(subset=["left_birth_date", "right_birth_date"])
other_birthday = int(both["left_birth_date"].ne(both["right_birth_date"]).sum())
""",
    "exercise-3.3": """
def notices(joined):
    same_first = joined["roster_first"].str.casefold().eq(joined["test_first"].str.casefold())
    same_last = joined["roster_last"].str.casefold().eq(joined["test_last"].str.casefold())
    return ~(same_first & same_last)
""",
    "exercise-3.4": """
odds = 2.0 ** candidates
first_child = odds.iloc[0] / odds.sum()
""",
    "exercise-3.5": """
in_order = scored_pairs.sort_values("probability", ascending=False, ignore_index=True)
share_right = in_order["one_child"].expanding().mean()
line = in_order.loc[share_right.ge(0.99), "probability"].min()
""",
    "exercise-3.7": """
largest = groups.loc[groups["children"].idxmax()]
surely_missed = groups.loc[groups["low"] > largest["high"], "group"].tolist()
""",
    "exercise-3.6": """
expected = waiting["probability"] * waiting["pairs_gained"]
first_three = waiting.loc[expected.nlargest(3).index, "pair"].tolist()
""",
}

MISTAKES = {
    "exercise-3.1": """
of_left = set(links.crosswalk.loc[links.crosswalk["silo"].eq(left), "child"])
of_right = set(links.crosswalk.loc[links.crosswalk["silo"].eq(right), "child"])
match_rate = 100 * len(of_left & of_right) / len(of_left)
""",
    "exercise-3.2": """
both = compare_records(found, district.people, ["birth_date"])
other_birthday = int(both["left_birth_date"].eq(both["right_birth_date"]).sum())
""",
    "exercise-3.3": """
def notices(joined):
    return joined["number"].duplicated()
""",
    "exercise-3.4": """
odds = 2.0 ** candidates.iloc[0]
first_child = odds / (1 + odds)
""",
    "exercise-3.5": """
line = 0.5
""",
    "exercise-3.7": """
largest = groups.loc[groups["children"].idxmax()]
surely_missed = groups.loc[groups["missed"] > largest["missed"], "group"].tolist()
""",
    "exercise-3.6": """
first_three = waiting.nlargest(3, "probability")["pair"].tolist()
""",
}

WHY = {
    "exercise-3.1": "A match rate belongs to one side: of all children on the left, those who are on the "
    "right too. If you divide by the right, you answer another question.",
    "exercise-3.2": "Two birth dates that differ are two children, or a slip of the pen: both are worth a "
    "look. A missing date says nothing. Twins have one birth date: only the name would have caught them.",
    "exercise-3.3": "The key test asks whether a number appears twice. To check which child it "
    "belongs to, you "
    "need a second column that both sides have: here a name. And a test must let right joins through: "
    "capitals, and in real lists accents, nicknames and the order of names, as on the third rung. If one "
    "side has no names at all, no test can notice: such a link is unverified.",
    "exercise-3.4": "Alone it looks certain, since a name that fits is rare. But a namesake fits nearly as "
    "well, and perhaps she is on no other list: the probabilities of all possibilities add up to one. "
    "If none is clearly ahead, the record stays unlinked until a person has looked.",
    "exercise-3.5": "A line is a choice between two harms, and somebody has to make it: one in a hundred is "
    "a setting. Pairs below the line aren't discarded; they need review. And if you chose a "
    "line on these pairs, you must test it on others.",
    "exercise-3.7": "Two missed among nine children looks worse than all others, and may be chance. "
    "If a whole interval is above the largest group's interval, chance is no good excuse: "
    "ask what in the form or the rule causes it.",
    "exercise-3.6": "A nearly certain pair is no work for a person, and a hopeless one is none either. Spend "
    "the hour where a yes is likely and gains much: the products 2.0, 1.8 and 1.6 come "
    "first.",
}
