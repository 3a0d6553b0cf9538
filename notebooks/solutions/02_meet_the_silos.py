"""Solutions of notebook 02, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-2.2": "in_grade_10 = int((12 - (class_years - school_year)).eq(10).sum())",
    "exercise-2.5": "never_came = len(set(on_the_list) - set(came))",
    "exercise-2.6": "tied_share = responses['record'].notna().mean()",
    "exercise-2.3": 'absent_children = events.loc[is_absence, "record"].nunique()',
    "exercise-2.4": "reported = min(held_by, key=lambda silo: len(held_by[silo] ^ enrolled))",
    "exercise-2.1": """
month_first = pd.to_datetime(lunches["start"], format="%m/%d/%Y", errors="coerce")
day_first = pd.to_datetime(lunches["start"], format="%d/%m/%Y", errors="coerce")
first_days = month_first.mask(lunches["layout"].eq("Default"), day_first)
""",
}

MISTAKES = {
    "exercise-2.2": "in_grade_10 = int(class_years.eq(school_year + 10).sum())",
    "exercise-2.5": "never_came = len(set(who['child'])) - came.nunique()",
    "exercise-2.6": "tied_share = float(responses['record'].isna().mean())",
    "exercise-2.3": "absent_children = int(is_absence.sum())",
    "exercise-2.4": "reported = max(held_by, key=lambda silo: len(held_by[silo]))",
    "exercise-2.1": 'first_days = pd.to_datetime(lunches["start"], format="mixed")',
}

WHY = {
    "exercise-2.2": "A class year says when a class graduates, a grade where it is now. The class of this "
    "school year is in grade 12; each year later is a grade lower.",
    "exercise-2.5": "A zero needs somebody who would have been counted. Children whom the list doesn't "
    "have may have come under another name, or to another nurse: nobody knows.",
    "exercise-2.6": "A row without a child is no error here. The survey promised that nobody would know who "
    "answered, so these rows are for groups, and a page about one child leaves them out.",
    "exercise-2.3": "One row is one absence. A child who was absent three times has three rows and counts "
    "once, so we count different values of record, not rows.",
    "exercise-2.4": "A total is right for a question. For buses the question is who comes tomorrow. "
    "A system of two "
    "years still lists children who left; a lunch line lacks children without an account.",
    "exercise-2.1": "The text 03/10/2025 is a day in both orders, so nobody can notice the wrong one. Only "
    "the layout says which order it is; and a reader that guesses row by row mixes both in one column.",
}
