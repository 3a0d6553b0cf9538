"""Solutions of notebook 06, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-6.1": """
not_of_a_child = sum(policy.rule("teacher", domain).allow != "row" for domain in policy.domains)
""",
    "exercise-6.2": """
mended = loosened
for role, domain in compare_policies(policy, loosened)[["role", "domain"]].itertuples(index=False):
    rule = policy.rule(role, domain)
    mended = mended.changed(role, domain, allow=rule.allow, scope=rule.scope)
""",
    "exercise-6.3": """
telling = ["PIN", "Charged today", "Balance"]
""",
    "exercise-6.4": """
schools = small.set_index("school")["children"]
worked_out = int(schools["all schools"] - schools.drop("all schools").sum())
""",
    "exercise-6.5": """
reply = (
    "We share the attendance of those children only whose parents have signed a dated form that names the "
    "club, the days absent, and what it is for: planning rides. It ends with the season."
)
""",
}

MISTAKES = {
    "exercise-6.1": """
not_of_a_child = sum(policy.rule("teacher", domain).allow == "none" for domain in policy.domains)
""",
    "exercise-6.2": """
mended = loosened.changed("teacher", "meals_eligibility", allow="none")
""",
    "exercise-6.3": """
telling = ["Balance"]
""",
    "exercise-6.4": """
worked_out = int(small["children"].iloc[-1])
""",
    "exercise-6.5": """
reply = "No, the rules of privacy don't allow us to share anything with a club, sorry about that."
""",
}

WHY = {
    "exercise-6.1": "A chart of the class shows no single child, as long as no group in it is small. So "
    "both 'none' and 'aggregate' count.",
    "exercise-6.2": "A policy is fixed when nobody sees more than the rule gives, and nobody less than the "
    "work needs. Comparing it with the old one finds both; reading it through finds neither.",
    "exercise-6.3": "A child who eats free is charged nothing and has a balance that never moves; a "
    "PIN reveals "
    "nothing by itself, and opens both. A list without the word 'free' can still reveal it (42 U.S.C. "
    "1758(b)(6) and (10)).",
    "exercise-6.4": "One hidden part of a known total is no secret. So we hide a second one, and then "
    "somebody has to check that the sums reveal neither.",
    "exercise-6.5": "A club is outside the school, so a parent's signed and dated consent is needed that "
    "says which records, for what, and to whom (34 CFR 99.30). Neither a plain no nor a plain yes is an "
    "answer.",
}
