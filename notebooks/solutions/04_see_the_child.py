"""Solutions of notebook 04, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-4.1": """
visits = now[now["chosen"] & now["element"].eq("health_visits")]
not_known = int(visits["status"].ne("Reported").sum())
""",
    "exercise-4.2": """
surnames = now[now["element"].eq("last_surname") & now["status"].eq("Reported")]
shown = surnames[surnames["chosen"]].set_index("child")["value"]
of_meals = surnames[surnames["silo"].eq("meals")].drop_duplicates("child").set_index("child")["value"]
another_surname = int(shown.reindex(of_meals.index).ne(of_meals).sum())
""",
}

MISTAKES = {
    "exercise-4.1": """
visits = now[now["chosen"] & now["element"].eq("health_visits")]
not_known = int(visits["value_number"].fillna(0).eq(0).sum())
""",
    "exercise-4.2": """
surnames = now[now["element"].eq("last_surname") & now["status"].eq("Reported")]
another_surname = int(surnames["agrees"].eq(False).sum())
""",
}

WHY = {
    "exercise-4.1": "Zero is a number that somebody counted; unknown is the lack of one. Filling the gaps "
    "with zeros counts both as children who never come.",
    "exercise-4.2": "The rule of trust decides what a page shows, so each child is compared once, with what "
    "the other system writes. Rows that disagree are more than children: each side has one.",
}
