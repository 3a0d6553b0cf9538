"""Solutions of notebook 09, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-9.1": """
teams = report["comparisons"].query("grouping == 'data_team' and comparison == 'adjusted'")
teams = teams[teams["year"].eq(newest).fillna(False)]
beyond_chance = int(teams["p_corrected"].lt(0.05).sum())
""",
    "exercise-9.2": 'surely_higher = ["Procurement"]',
    "exercise-9.3": '''
rewritten = """Among the systems that answered and are alike in size, locale and IT staff, those that signed
the pledge answer higher in governance, by about 0.3 points of 1 to 4, with its 95% interval. Who
answered chose to, and the survey can't say whether signing has anything to do with it."""
''',
}

MISTAKES = {
    "exercise-9.1": 'beyond_chance = len(report["comparisons"])',
    "exercise-9.2": 'surely_higher = ["Leadership and Vision", "Governance", "Procurement"]',
    "exercise-9.3": 'rewritten = "The pledge raises governance by 0.3 points."',
}

WHY = {
    "exercise-9.1": "One look in twenty finds a difference where there is none. With no simulated effect, "
    "one sector in five showed some in six domains; p_corrected accounts for that.",
    "exercise-9.2": "Three rows are above zero alone, but only one when we look at six together. "
    "Nobody can see "
    "which row is the lucky one.",
    "exercise-9.3": "The number was a difference between groups that chose to sign and chose to "
    "answer. Say who "
    "answered, how certain it is, and that it isn't a cause. Without all three it claims too much.",
}
