"""Solutions of notebook 08, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-8.1": """
each = governance.groupby("respondent")["answer"].agg(["mean", "count"])
governance_score = float(each.loc[each["count"] >= 4, "mean"].mean())
""",
    "exercise-8.2": """
single = survey_scores(mine).dropna(subset=["respondent", "score"])
ends = single.groupby("domain")["score"].agg(["min", "max"])
furthest_apart = asked.domains[(ends["max"] - ends["min"]).idxmax()].title
""",
    "exercise-8.3": '''
on_monday = """On Monday the secretary, the director of technology and I open the list of children
who are in a system twice, and look at the first ten records. Until then we don't say that anybody
was wrong: people don't see what nobody looks at, and the figure may count records that are right."""
''',
}

MISTAKES = {
    "exercise-8.1": "governance_score = float(governance['answer'].median())",
    "exercise-8.2": """
single = survey_scores(mine).dropna(subset=["respondent", "score"])
ends = single.groupby("domain")["score"].agg(["min", "max"])
furthest_apart = asked.domains[(ends["max"] - ends["min"]).idxmin()].title
""",
    "exercise-8.3": 'on_monday = "The people are wrong: the files say something else, and files are facts."',
}

WHY = {
    "exercise-8.1": "In the mean of all cells, people who answered more items count more. Take one "
    "mean for each "
    "person, then the mean of these: each counts the same. Fewer than half of the items give no score.",
    "exercise-8.2": "The distance between the leftmost and the rightmost faint dot shows how differently "
    "people see a domain; the large dot hides it. By eye a tenth of an anchor makes no difference.",
    "exercise-8.3": "Opinion and files see different things. A figure without the people who know its "
    "source blames somebody; those people without the figure go on as before.",
}
