"""Solutions of session G, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "G.1": [
        'rise = published["2021-22"] - published["2017-18"]',
        "rise = published.diff(axis=1).iloc[:, -1]",
    ],
    "G.2": [
        """
by_child = days.groupby(["level", "year", "child"])["absent"].agg(["mean", "count"])
enough = by_child[by_child["count"] >= 10]
by_level = (enough["mean"] >= 0.1).groupby(["level", "year"]).mean().unstack("year")
""",
        """
counted = days.groupby(["level", "year", "child"])["absent"].agg(["sum", "count"])
counted = counted[counted["count"] >= 10]
counted["chronic"] = counted["sum"] * 10 >= counted["count"]
by_level = counted.pivot_table(index="level", columns="year", values="chronic")
""",
    ],
    "G.3": [
        """
late = progress["missed"] / progress["expected"] >= 0.1
early = progress["missed_6"] / progress["expected_6"] >= 0.1
seen_in_week_6 = early[late].mean()
""",
        """
spring = progress[progress["missed"] * 10 >= progress["expected"]]
seen_in_week_6 = len(spring[spring["missed_6"] * 10 >= spring["expected_6"]]) / len(spring)
""",
    ],
    "G.4": [
        '''
exchange = """Every Friday the attendance system sends each child's absences, and the roster her
enrollment, to one list. The counselor opens it on Monday and calls whoever is at a tenth or more."""
''',
        '''
exchange = """Enrollment goes over to the attendance system each night, so that days at the first school count
at the second one, too. The principal's secretary prints the list of children at a tenth in week 6."""
''',
    ],
}

MISTAKES = {
    "G.1": [
        ('rise = published["2021-22"] / published["2017-18"]', "how many times as high"),
        ('rise = published["2017-18"] - published["2021-22"]', "later minus earlier"),
    ],
    "G.2": [
        (
            'by_level = days.groupby(["level", "year"])["absent"].mean().unstack("year")',
            "That is the share of days missed",
        ),
        (
            """
by_child = days.groupby(["level", "year", "child"])["absent"].agg(["mean", "count"])
enough = by_child[by_child["count"] >= 10]
by_level = enough[enough["mean"] >= 0.1].groupby(["level", "year"]).size().unstack("year")
""",
            "children, not shares",
        ),
        (
            """
by_child = days.groupby(["level", "year", "child"])["absent"].mean()
by_level = (by_child >= 0.1).groupby(["level", "year"]).mean().unstack("year")
""",
            "under the minimum of days",
        ),
    ],
    "G.3": [
        (
            """
late = progress["missed"] / progress["expected"] >= 0.1
early = progress["missed_6"] / progress["expected_6"] >= 0.1
seen_in_week_6 = late[early].mean()
""",
            "You divided by the children of week 6",
        ),
        (
            """
late = progress["missed"] / progress["expected"] >= 0.1
early = progress["missed_6"] / progress["expected_6"] >= 0.1
seen_in_week_6 = (late & early).mean()
""",
            "You divided by all children",
        ),
    ],
}

WHY = {
    "G.1": "Points and times order the groups differently: a group with a low rate can double it with few "
    "points. Say which of the two you report, and from which year to which.",
    "G.2": "Each child is judged by her own days, and each group by its own children. With few children in a "
    "group, one or two of them move the share by points. That isn't a finding about the group.",
    "G.3": "The question decides the denominator. Of the children of the spring, how many could somebody "
    "have seen? That is one share. Of the children of week 6, how many stay absent? That is another.",
    "G.4": "Each list exists already. What is missing is that they meet, on a day, in front of a person.",
}
