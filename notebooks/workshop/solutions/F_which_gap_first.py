"""Solutions of session F, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "F.1": [
        """
def match_rate(roster, other):
    return len(set(roster) & set(other)) / len(set(roster))
""",
        """
def match_rate(roster, other):
    return roster.drop_duplicates().isin(other).mean()
""",
    ],
    "F.2": [
        """
def each_once(roster, found, missing, never):
    everybody = found | missing | never
    return everybody == roster and len(found) + len(missing) + len(never) == len(roster)
""",
        """
def each_once(roster, found, missing, never):
    assert sorted([*found, *missing, *never]) == sorted(roster)
""",
    ],
    "F.3": [
        """
def split_children(roster, other, serves):
    there, meant = roster["child"].isin(other), roster["grade"].isin(serves)
    return {
        "found": set(roster.loc[there, "child"]),
        "missing": set(roster.loc[~there & meant, "child"]),
        "never meant": set(roster.loc[~there & ~meant, "child"]),
    }
""",
        """
def split_children(roster, other, serves):
    parts = {"found": [], "missing": [], "never meant": []}
    for child, grade in zip(roster["child"], roster["grade"]):
        if child in set(other):
            parts["found"].append(child)
        else:
            parts["missing" if grade in serves else "never meant"].append(child)
    return parts
""",
    ],
    "F.4": [
        """
reasons = {
    "A": "Not joinable",
    "B": "Not fresh",
    "C": "Not meant",
    "D": "Missing",
    "E": "Not permitted",
}
""",
        """
reasons = dict(zip("DECBA", ["Missing", "Not permitted", "Not meant", "Not fresh", "Not joinable"]))
""",
    ],
    "F.5": [
        """
def comparable(left, right):
    month = pd.Timedelta(days=30)
    return bool(-month <= left - right <= month)
""",
        """
def comparable(left, right):
    if pd.isna(left) or pd.isna(right):
        return False
    return abs(left - right) <= pd.Timedelta(days=30)
""",
    ],
    "F.6": [
        """
def round_trip_loss(codes):
    lost = codes["comes_back_as"].ne(codes["writes"])
    return codes.loc[lost, "rows"].sum() / codes["rows"].sum()
""",
        """
def round_trip_loss(codes):
    back = codes.query("comes_back_as == writes")["rows"].sum()
    return 1 - back / codes["rows"].sum()
""",
    ],
    "F.7": [
        """
def rank_steps(steps, budget):
    possible = steps[steps["dollars"] <= budget]
    possible = possible.assign(worth=possible["children"] / possible["dollars"])
    return possible.sort_values("worth", ascending=False)["step"].tolist()
""",
        """
def rank_steps(steps, budget):
    possible = [step for step in steps.to_dict("records") if step["dollars"] <= budget]
    return [
        step["step"]
        for step in sorted(possible, key=lambda step: step["children"] / step["dollars"], reverse=True)
    ]
""",
    ],
    "F.8": [
        """
monday = (
    "On Monday I ask the lunch line's manager for the district's number in the next export, for the "
    "children whom nobody finds there now, by the 15th of May."
)
""",
        """
monday = (
    "I ask our assessment coordinator on Monday to order a fresh screener file, so that students who "
    "enrolled since February are on the counselor's list before Friday."
)
""",
    ],
}

MISTAKES = {
    "F.1": [
        (
            """
def match_rate(roster, other):
    return len(set(roster) & set(other)) / len(set(other))
""",
            "The question asks for the roster's",
        ),
        (
            """
def match_rate(roster, other):
    return roster.isin(other).mean()
""",
            "Count children, not rows",
        ),
    ],
    "F.2": [
        (
            """
def each_once(roster, found, missing, never):
    return found | missing | never == roster
""",
            "lets through a child in two parts",
        ),
        (
            """
def each_once(roster, found, missing, never):
    return len(found) + len(missing) + len(never) == len(roster)
""",
            "lets through a stranger in place of a child",
        ),
    ],
    "F.3": [
        (
            """
def split_children(roster, other, serves):
    there = roster["child"].isin(other)
    return {
        "found": set(roster.loc[there, "child"]),
        "missing": set(roster.loc[~there, "child"]),
        "never meant": set(),
    }
""",
            "Whom is it for?",
        ),
        (
            """
def split_children(roster, other, serves):
    there, meant = roster["child"].isin(other), roster["grade"].isin(serves)
    return {
        "found": set(roster.loc[there & meant, "child"]),
        "missing": set(roster.loc[~there & meant, "child"]),
        "never meant": set(roster.loc[~meant, "child"]),
    }
""",
            "is found, whatever the grade",
        ),
    ],
    "F.4": [
        (
            """
reasons = {
    "A": "Not joinable",
    "B": "Missing",
    "C": "Not meant",
    "D": "Missing",
    "E": "Not permitted",
}
""",
            "Look at pair B again",
        ),
        (
            """
reasons = {
    "A": "Not joinable",
    "B": "Not fresh",
    "C": "Not meant",
    "D": "Missing",
    "E": "Missing",
}
""",
            "Look at pair E again",
        ),
    ],
    "F.5": [
        (
            """
def comparable(left, right):
    return (right - left).days <= 30
""",
            "lets through exports 31 days apart, the newer one first",
        ),
        (
            """
def comparable(left, right):
    return abs(left - right) < pd.Timedelta(days=30)
""",
            "complains about exports 30 days apart",
        ),
    ],
    "F.6": [
        (
            """
def round_trip_loss(codes):
    return codes.loc[codes["comes_back_as"].isna(), "rows"].sum() / codes["rows"].sum()
""",
            "comes back changed is lost, too",
        ),
        (
            """
def round_trip_loss(codes):
    return codes["comes_back_as"].ne(codes["writes"]).mean()
""",
            "count rows",
        ),
        (
            """
def round_trip_loss(codes):
    return codes.loc[~codes["writes"].isin(codes["comes_back_as"]), "rows"].sum() / codes["rows"].sum()
""",
            "even if that one is in the table",
        ),
    ],
    "F.7": [
        (
            """
def rank_steps(steps, budget):
    possible = steps[steps["dollars"] <= budget]
    return possible.sort_values("children", ascending=False)["step"].tolist()
""",
            "Divide by dollars",
        ),
        (
            """
def rank_steps(steps, budget):
    worth = (steps["children"] / steps["dollars"]).sort_values(ascending=False)
    return steps.loc[worth.index, "step"].tolist()
""",
            "leave out what costs more",
        ),
        (
            """
def rank_steps(steps, budget):
    return steps.loc[steps["dollars"] <= budget, "step"].tolist()
""",
            "in the order of the table",
        ),
    ],
}

WHY = {
    "F.1": "A match rate belongs to one side, and it counts children. Divided by the other side it answers "
    "another question.",
    "F.2": "If each child is in exactly one part, the parts add up to the roster, and nobody is lost or "
    "counted twice. Equal totals alone don't show it: a stranger may have taken a child's place.",
    "F.3": "Missing isn't the same as never meant to be there. Nobody can fix the second, and counting it "
    "hides the first.",
    "F.4": "Each reason needs another step: an agreement on a number, a new export, the privacy officer, "
    "nothing at all, or a call about each child.",
    "F.5": "Between two old lists, children come and go. Only exports of about one time say who is missing. "
    "The 30 days are the kit's own choice.",
    "F.6": "A code is lost if it comes back as another one, or not at all. A rare code weighs little, so "
    "count rows.",
    "F.7": "A budget buys what fits, and the order is a choice: children for each dollar. Both numbers are "
    "assumed, so ask how far off they may be before the order changes.",
    "F.8": "A complaint becomes a job when it names what, for whom, by whom and by when.",
}
