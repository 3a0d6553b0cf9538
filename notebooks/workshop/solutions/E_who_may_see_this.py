"""Solutions of session E, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "E.1": (
        """
teacher = rules[rules["role"].eq("teacher")]
not_of_a_child = int(teacher["allow"].ne("row").sum())
""",
        """
not_of_a_child = len(rules.query("role == 'teacher' and allow in ['aggregate', 'none']"))
""",
    ),
    "E.2": (
        """
def nothing_changed(before, after):
    columns = ["role", "domain", "allow", "scope"]
    return set(map(tuple, before[columns].to_numpy())) == set(map(tuple, after[columns].to_numpy()))
""",
        """
def nothing_changed(before, after):
    columns = ["role", "domain", "allow", "scope"]
    first = before[columns].sort_values(["role", "domain"], ignore_index=True)
    second = after[columns].sort_values(["role", "domain"], ignore_index=True)
    assert first.equals(second), "a rule was added, taken out or changed"
""",
    ),
    "E.3": (
        """
mended = loosened
for role, domain in compare_policies(policy, loosened)[["role", "domain"]].itertuples(index=False):
    rule = policy.rule(role, domain)
    mended = mended.changed(role, domain, allow=rule.allow, scope=rule.scope)
""",
        """
mended = (
    loosened.changed("teacher", "meals_eligibility", allow="none")
    .changed("counselor", "special_education_category", allow="none")
    .changed("nurse", "health", allow="row", scope="own school")
)
""",
    ),
    "E.4": (
        """
telling = ["Charged today", "Balance"]
""",
        """
telling = [name for name in lunch_list.columns if "Charged" in name or "Balance" in name]
""",
    ),
    "E.5": (
        """
schools = small.set_index("school")["children"]
worked_out = int(schools["all schools"] - schools.drop("all schools").sum())
""",
        """
worked_out = 79 - (31 + 24 + 17)
""",
    ),
    "E.6": (
        """
def nothing_recomputed(table):
    hidden = table.isna()
    return hidden.sum(axis="columns").ne(1).all() and hidden.sum().ne(1).all()
""",
        """
def nothing_recomputed(table):
    for line in [*table.to_numpy(), *table.T.to_numpy()]:
        assert pd.isna(line).sum() != 1, "one hidden cell in a line with a total"
""",
    ),
    "E.7": (
        """
number_behind = next(number for number in range(400_000, 500_000) if hashed(number) == code)
""",
        """
book = {hashed(number): number for number in range(400_000, 500_000)}
number_behind = book[code]
""",
    ),
    "E.8": (
        """
def chain_holds(log):
    expected = "begin"
    for entry, before in zip(log["entry"], log["before"]):
        if before != expected:
            return False
        expected = fingerprint(f"{entry} {before}")
    return True
""",
        """
def chain_holds(log):
    again = (log["entry"] + " " + log["before"]).map(fingerprint)
    assert (log["before"] == again.shift(fill_value="begin")).all()
""",
    ),
    "E.9": (
        """
reply = (
    "We share the attendance of those children only whose parents have signed a dated form that names the "
    "club, the days absent, and what it is for: planning rides. It ends with the season."
)
""",
        """
reply = (
    "Not yet: please give the families our consent form. For each child whose guardian signs it we send you "
    "the days of absence, until the end of the school year and for nothing but the rides."
)
""",
    ),
}

MISTAKES = {
    "E.1": (
        (
            """
not_of_a_child = int((rules["role"].eq("teacher") & rules["allow"].eq("none")).sum())
""",
            "have nothing at all",
        ),
        (
            """
not_of_a_child = int((rules["role"].eq("teacher") & rules["allow"].eq("row")).sum())
""",
            "sees single children",
        ),
    ),
    "E.2": (
        (
            """
def nothing_changed(before, after):
    return before.equals(after)
""",
            "It complains about the same rules in another order",
        ),
        (
            """
def nothing_changed(before, after):
    columns = ["role", "domain", "allow"]
    return set(map(tuple, before[columns].to_numpy())) == set(map(tuple, after[columns].to_numpy()))
""",
            "the grades of the whole district",
        ),
    ),
    "E.3": (
        (
            """
mended = loosened.changed("teacher", "meals_eligibility", allow="none")
""",
            "still sees more of special_education_category",
        ),
        (
            """
mended = loosened.changed("teacher", "meals_eligibility", allow="none")
mended = mended.changed("counselor", "special_education_category", allow="none")
""",
            "Nothing leaks, but a nurse can't work any more",
        ),
    ),
    "E.4": (
        (
            """
telling = ["Balance"]
""",
            "Charged today stays",
        ),
        (
            """
telling = ["Allergy", "Balance", "Charged today"]
""",
            "Allergy says nothing about money",
        ),
    ),
    "E.5": (
        (
            """
worked_out = int(small["children"].iloc[-1])
""",
            "Take away those that are shown",
        ),
        (
            """
worked_out = int(small["children"].iloc[:-1].sum())
""",
            "are in the schools that are shown",
        ),
    ),
    "E.6": (
        (
            """
def nothing_recomputed(table):
    return table.isna().sum().sum() != 1
""",
            "two hidden cells of one row, each alone in its column",
        ),
        (
            """
def nothing_recomputed(table):
    return table.notna().all().all()
""",
            "It complains about four hidden cells",
        ),
    ),
    "E.7": (
        (
            """
number_behind = code
""",
            "That is the code itself",
        ),
        (
            """
number_behind = [hashed(number) for number in range(400_000, 500_000)].index(code)
""",
            "not its place in a list",
        ),
    ),
    "E.8": (
        (
            """
def chain_holds(log):
    return log["before"].is_unique
""",
            "a log in which one word was changed",
        ),
        (
            """
def chain_holds(log):
    return (log["before"] == log["entry"].map(fingerprint).shift(fill_value="begin")).all()
""",
            "It complains about a log that nobody touched",
        ),
    ),
}

WHY = {
    "E.1": (
        "Counts of the class show no single child, as long as no group in it is small. So both 'none'"
        " and 'aggregate' count."
    ),
    "E.2": (
        "A rule that lets more be seen, and one that lets less be seen, are both changes that "
        "somebody must have decided. Put this test where the policy is changed, and nobody loosens it"
        " by accident."
    ),
    "E.3": (
        "A policy is fixed when nobody sees more than the rule gives, and nobody less than the work "
        "needs. The third change leaked nothing: it kept the nurse from a child who can't breathe."
    ),
    "E.4": (
        "A child who eats free is charged nothing and has a balance that never moves; a PIN opens "
        "both. A list without the word 'free' can still reveal it (42 U.S.C. 1758(b)(6) and (10))."
    ),
    "E.5": (
        "One hidden part of a known total is no secret. So we hide a second one, and then somebody "
        "has to check that the sums reveal neither."
    ),
    "E.6": (
        "A line with one hidden cell gives it away, so no line may have one. That is necessary, and "
        "not always enough: two unknowns can have a single solution, so the kit also solves the sums "
        "before it publishes."
    ),
    "E.7": (
        "There are few student numbers, so a computer tries them all. A code may not be based on a "
        "student's number or name (34 CFR 99.31(b)(2)). The kit draws codes by chance, and the list "
        "that leads back stays in the district."
    ),
    "E.8": (
        "A changed word no longer fits the line after it, and whoever mends that line breaks the next. One "
        "hole is left: nobody misses the last line. So the kit also keeps the number of lines elsewhere, and "
        "makes its fingerprints with a secret key."
    ),
    "E.9": (
        "A club is outside the school, so a parent's signed and dated consent is needed that says "
        "which records, for what, and to whom (34 CFR 99.30). Neither a plain no nor a plain yes is "
        "an answer."
    ),
}
