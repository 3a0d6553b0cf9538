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
}

WHY = {
    "exercise-3.1": "A match rate belongs to one side: of all children on the left, those who are on the "
    "right too. Dividing by the right answers another question.",
    "exercise-3.2": "Two birth dates that differ are two children, or a slip of the pen: both are worth a "
    "look. A missing date says nothing. Twins have one birth date: only the name would have caught them.",
}
