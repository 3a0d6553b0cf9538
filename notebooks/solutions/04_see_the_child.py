"""Solutions of notebook 04, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-4.1": """
says = ", ".join(str(one) for one in told["says"].unique())
decision = (
    f"The page prints what the roster says until Monday, because the office keeps it, and notes that "
    f"others disagree ({says}). We ask the mother to show the office the birth certificate."
)
""",
    "exercise-4.2": """
flagged = by_definition.eq("Flagged").any(axis="columns")
clear = by_definition.eq("Clear").any(axis="columns")
changes = int((flagged & clear).sum())
""",
    "exercise-4.3": """
many = int(answers["platforms_before"].ge(4).sum())
""",
    "exercise-4.4": """
reply = (
    "I tell her both: the grade in class is a B, and the autumn test came out at the 18th percentile, lower "
    "than in spring. I don't know why yet, so first I ask the math teacher what goes into the grade."
)
""",
    "exercise-4.5": """
visits = now[now["chosen"] & now["element"].eq("health_visits")]
not_known = int(visits["status"].ne("Reported").sum())
""",
    "exercise-4.6": """
surnames = now[now["element"].eq("last_surname") & now["status"].eq("Reported")]
shown = surnames[surnames["chosen"]].set_index("child")["value"]
of_meals = surnames[surnames["silo"].eq("meals")].drop_duplicates("child").set_index("child")["value"]
another_surname = int(shown.reindex(of_meals.index).ne(of_meals).sum())
""",
}

MISTAKES = {
    "exercise-4.1": """
decision = "The newest export wins, as always, and nobody needs to be troubled about such a small thing."
""",
    "exercise-4.2": """
changes = int(by_definition.eq("Flagged").any(axis="columns").sum()) + 1
""",
    "exercise-4.3": """
many = int(answers["platforms_before"].ge(1).sum())
""",
    "exercise-4.4": """
reply = "She is doing well, a B is a good grade, and one should not worry about a single day's result."
""",
    "exercise-4.5": """
visits = now[now["chosen"] & now["element"].eq("health_visits")]
not_known = int(visits["value_number"].fillna(0).eq(0).sum())
""",
    "exercise-4.6": """
surnames = now[now["element"].eq("last_surname") & now["status"].eq("Reported")]
another_surname = int(surnames["agrees"].eq(False).sum())
""",
}

WHY = {
    "exercise-4.1": "A rule prints something today; a person finds out what is true. The decision names "
    "both, and the next page can be right because somebody was asked.",
    "exercise-4.2": "Flagged by one definition and clear by another: the same days, another count. If a "
    "definition doesn't cover a child (too short a stay, another grade), it neither flags nor clears.",
    "exercise-4.3": "Each system has its own log-in, its own search and its own idea of who this child is. "
    "Now one place answers what took four before.",
    "exercise-4.4": "A grade and a test measure different things on different days. If you tell only one, "
    "you decide for the family; if you tell both, you owe a question.",
    "exercise-4.5": "Zero is a number that somebody counted; unknown is the lack of one. Filling the gaps "
    "with zeros counts both as children who never come.",
    "exercise-4.6": "The order of trust decides what a page shows, so compare each child once with the other "
    "system. There are more disagreeing rows than children: each side has one.",
}
