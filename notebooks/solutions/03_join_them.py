"""Solutions of notebook 03, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-3.1": """
of_left = set(links.crosswalk.loc[links.crosswalk["silo"].eq(left), "child"])
of_right = set(links.crosswalk.loc[links.crosswalk["silo"].eq(right), "child"])
match_rate = len(of_left & of_right) / len(of_left)
""",
    "exercise-3.2": """
both = beside(found, district.people, ["birth_date"]).dropna(subset=["left_birth_date", "right_birth_date"])
other_birthday = int(both["left_birth_date"].ne(both["right_birth_date"]).sum())
""",
    "exercise-3.3": """
def notices(joined):
    same_first = joined["roster_first"].str.casefold().eq(joined["test_first"].str.casefold())
    same_last = joined["roster_last"].str.casefold().eq(joined["test_last"].str.casefold())
    return ~(same_first & same_last)
""",
}

MISTAKES = {
    "exercise-3.1": """
of_left = set(links.crosswalk.loc[links.crosswalk["silo"].eq(left), "child"])
of_right = set(links.crosswalk.loc[links.crosswalk["silo"].eq(right), "child"])
match_rate = 100 * len(of_left & of_right) / len(of_left)
""",
    "exercise-3.2": """
both = beside(found, district.people, ["birth_date"])
other_birthday = int(both["left_birth_date"].eq(both["right_birth_date"]).sum())
""",
    "exercise-3.3": """
def notices(joined):
    return joined["number"].duplicated()
""",
}

WHY = {
    "exercise-3.1": "A match rate belongs to one side: of all children on the left, those who are on the "
    "right too. Dividing by the right answers another question.",
    "exercise-3.2": "Two birth dates that differ are two children, or a slip of the pen: both are worth a "
    "look. A missing date says nothing. Twins have one birth date: only the name would have caught them.",
    "exercise-3.3": "The key test asks whether a number stands twice. Whose number it is, only something "
    "else can say that both sides know: here a name. And a test must let right joins through: capitals, and "
    "in real lists accents, nicknames and the order of names, which the third rung sees through. Where one "
    "side has no names at all, nothing can notice: such a join is unverified.",
}
