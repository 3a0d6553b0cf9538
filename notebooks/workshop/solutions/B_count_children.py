"""Solutions of session B, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "B.1": [
        'absent_children = sent.loc[sent["mark"].str.contains("absence"), "child"].nunique()',
        'absent_children = len(set(sent[sent["mark"].str.endswith("absence")]["child"]))',
    ],
    "B.2": [
        """
absent = sent[sent["mark"].str.contains("absence")]
by_day = pd.crosstab(absent["child"], absent["day"])
by_day = by_day.reindex(index=class_list, columns=school_days, fill_value=0)
""",
        """
absent = sent[sent["mark"].str.contains("absence")].assign(days=1)
by_day = absent.pivot(index="child", columns="day", values="days")
by_day = by_day.reindex(index=class_list, columns=school_days).fillna(0)
""",
    ],
    "B.3": [
        """
def complete(rows, children, days):
    wanted = {(child, day) for child in children for day in days}
    return len(rows) == len(wanted) and set(zip(rows["child"], rows["day"], strict=True)) == wanted
""",
        """
def complete(rows, children, days):
    wanted = sorted((child, day) for child in children for day in days)
    assert sorted(zip(rows["child"], rows["day"], strict=True)) == wanted
""",
    ],
    "B.4": [
        "never_came = len(set(nurse_list) - set(visits))",
        "never_came = int((~nurse_list.isin(visits)).sum())",
    ],
    "B.5": [
        """
first_days = pd.concat(
    pd.to_datetime(part["start"], format=orders[layout]) for layout, part in lunches.groupby("layout")
).sort_index()
""",
        """
first_days = [
    pd.to_datetime(start, format="%d/%m/%Y" if layout == "Default" else "%m/%d/%Y")
    for layout, start in zip(lunches["layout"], lunches["start"], strict=True)
]
""",
    ],
    "B.6": [
        "in_grade_10 = int((12 - (class_years - school_year)).eq(10).sum())",
        "in_grade_10 = len(class_years[class_years == school_year + 2])",
    ],
    "B.7": [
        'children_known = who.groupby("silo")["child"].nunique()',
        'children_known = who.drop_duplicates(["silo", "child"])["silo"].value_counts()',
    ],
    "B.8": [
        'rate_at_school = 1 - days["absent"].mean()',
        'rate_at_school = (~days["absent"]).sum() / len(days)',
    ],
    "B.9": [
        """
by_child = days.groupby("child")["absent"].agg(["mean", "count"])
enrolled = by_child[by_child["count"] >= 10]
chronic = (enrolled["mean"] >= 0.1).mean()
""",
        """
missed, expected = days.groupby("child")["absent"].sum(), days.groupby("child").size()
chronic = (missed[expected >= 10] * 10 >= expected[expected >= 10]).sum() / (expected >= 10).sum()
""",
    ],
    "B.10": [
        """
def possible(missed, expected):
    return ((missed >= 0) & (missed <= expected) & (expected > 0)).all()
""",
        """
def possible(missed, expected):
    assert expected.min() > 0
    assert missed.between(0, expected).all()
""",
    ],
}

MISTAKES = {
    "B.1": [
        (
            'absent_children = int(sent["mark"].str.contains("absence").sum())',
            "the number of absences",
        ),
        ('absent_children = sent["child"].nunique()', "a late child is at school"),
    ],
    "B.2": [
        (
            """
absent = sent[sent["mark"].str.contains("absence")]
by_day = pd.crosstab(absent["child"], absent["day"])
""",
            "A child without a row was expected, too",
        ),
        (
            """
absent = sent[sent["mark"].str.contains("absence")]
by_day = pd.crosstab(absent["child"], absent["day"]).reindex(index=class_list, columns=school_days)
""",
            "Some cells are empty",
        ),
    ],
    "B.3": [
        (
            """
def complete(rows, children, days):
    return not rows.duplicated(["child", "day"]).any()
""",
            "It lets through a child without a row",
        ),
        (
            """
def complete(rows, children, days):
    return len(rows) == len(children) * len(days)
""",
            "one row too many and another missing",
        ),
    ],
    "B.4": [
        ("never_came = len(set(class_list) - set(visits))", "about her, nobody knows"),
        ("never_came = len(nurse_list) - len(visits)", "You took away visits"),
    ],
    "B.5": [
        ('first_days = pd.to_datetime(lunches["start"], format="mixed")', "a wrong day, and no error"),
        (
            """
first_days = pd.to_datetime(lunches["start"], format="%d/%m/%Y", errors="coerce")
""",
            "is 03 October; yours is 10 March",
        ),
    ],
    "B.6": [
        ("in_grade_10 = int(class_years.eq(school_year + 3).sum())", "one grade too low"),
        ("in_grade_10 = int(class_years.eq(school_year + 1).sum())", "one grade too high"),
    ],
    "B.7": [
        ('children_known = who.groupby("silo").size()', "You counted records"),
        ('children_known = who["child"].nunique()', "one number for each system"),
    ],
    "B.8": [
        (
            'rate_at_school = 1 - events["attendance_event_category"].str.contains("Absence").mean()',
            "You divided by the rows",
        ),
        ('rate_at_school = days["absent"].mean()', "the share of days missed"),
    ],
    "B.9": [
        (
            """
by_child = days.groupby("child")["absent"].agg(["mean", "count"])
enrolled = by_child[by_child["count"] >= 10]
chronic = (enrolled["mean"] >= 0.1).sum() / (enrolled["mean"] > 0).sum()
""",
            "You divided by the children with an absence",
        ),
        ('chronic = days["absent"].mean()', "a share of children"),
        ('chronic = (days.groupby("child")["absent"].mean() >= 0.1).mean()', "under the minimum of days"),
        (
            """
by_child = days.groupby("child")["absent"].agg(["mean", "count"])
chronic = (by_child.loc[by_child["count"] >= 10, "mean"] > 0.1).mean()
""",
            "Exactly a tenth is a tenth",
        ),
    ],
    "B.10": [
        (
            """
def possible(missed, expected):
    return (missed <= expected).all()
""",
            "a child who was expected on no day",
        ),
        (
            """
def possible(missed, expected):
    return ((missed >= 0) & (expected > 0)).all()
""",
            "missed more days than there were",
        ),
    ],
}

WHY = {
    "B.1": "A child who was absent three times has three rows and counts once. So we count different "
    "children, and we first say which marks are an absence.",
    "B.2": "The class list and the calendar say who was expected and when. Only then is an empty cell a "
    "zero.",
    "B.3": "A mean divides by the rows that are there. A row too many or too few changes it, and no error "
    "appears. Equal numbers of rows can hide one of each.",
    "B.4": "A zero needs somebody who would have been written down. Of a child who isn't on the list, the "
    "nurse's file says nothing: unknown isn't zero.",
    "B.5": "03/10/2025 is a day in both orders, so nobody can notice the wrong one. Only the layout says "
    "which order it is. A reader that guesses row by row mixes both in one column.",
    "B.6": "A class year says when a class graduates, a grade where it is now. The class of this school year "
    "is in grade 12; each year later is a grade lower.",
    "B.7": "A record is what a system stores under one id. A child with two ids has two records, and is one "
    "child.",
    "B.8": "A system that records exceptions sends no row for a child who is at school. The denominator "
    "comes from two other lists: who was enrolled, and when school was open.",
    "B.9": "There are two denominators: each child's own days, then the children. Federal reports count a "
    "tenth of the days enrolled or more, of children with at least ten days.",
    "B.10": "A share above 1 or a division by zero shows that one of the two lists is wrong. The test stops "
    "you before the number is on a slide.",
}
