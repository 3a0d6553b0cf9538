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
the pledge answer higher in governance, by about 0.3 points of 1 to 4, with a 95% interval beside it. Who
answered chose to, and the survey can't say whether signing has anything to do with it."""
''',
}

MISTAKES = {
    "exercise-9.1": 'beyond_chance = len(report["comparisons"])',
    "exercise-9.2": 'surely_higher = ["Leadership and Vision", "Governance", "Procurement"]',
    "exercise-9.3": 'rewritten = "The pledge raises governance by 0.3 points."',
}

WHY = {
    "exercise-9.1": "One look in twenty finds a difference where there is none. Where nothing was planted, "
    "one sector in five showed some in six domains; p_corrected counts that in.",
    "exercise-9.2": "Three rows lie above zero taken alone, one when six are looked at together. Which row "
    "is the lucky one, nobody can see.",
    "exercise-9.3": "The number was a difference between groups that chose to sign and chose to answer. Who "
    "answered, how sure, and that it isn't a cause: without one of the three it promises what nobody knows.",
}
