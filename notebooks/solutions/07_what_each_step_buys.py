"""Solutions of notebook 07, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-7.1": """
last = whole_levels(study)
last = last[last["level"].eq(last["level"].iloc[-1])]
bars = last.pivot(index="label", columns="scenario", values=["low", "high"])
low, high = bars["low"].max(axis="columns"), bars["high"].min(axis="columns")
apart = low[low.gt(high)].index.tolist()
""",
    "exercise-7.2": """
def pair_by_pair(systems):
    return systems * (systems - 1) // 2

more_agreements = (pair_by_pair(14) - pair_by_pair(12), 14 - 12)
""",
    "exercise-7.3": """
first_step = (
    "First every system carries the district's number, so that a teacher's question about a child has an "
    "answer on one page instead of three. It costs some dollars a child; the price is the kit's assumption, "
    "and the generator simulates what it buys, so we try it with two vendors before we quote it."
)
""",
    "exercise-7.4": """
rows = watched.known[watched.known["change"].eq(names[0]) & watched.known["level"].eq("rostered")]
typed_in_all = 1 + int((rows["typed"].dropna() - 1).sum())
""",
}

MISTAKES = {
    "exercise-7.1": 'apart = whole_levels(study)["label"].unique().tolist()',
    "exercise-7.2": "more_agreements = (14 * 13 // 2, 14)",
    "exercise-7.3": 'first_step = "We invest in interoperability, since data silos are bad for all here."',
    "exercise-7.4": 'typed_in_all = int(watched.known["typed"].sum())',
}

WHY = {
    "exercise-7.1": "Links, profiles, questions, days and hours improve in the placebo, too: they measure "
    "plumbing. Only a result that combines two systems about one child needs their data to be "
    "related.",
    "exercise-7.2": "The 13th system talks to 12, the 14th to 13: 25 agreements, and the next would be 14 "
    "more. With one standard each adds one, no matter how many there are already.",
    "exercise-7.3": "The person who pays hears a step, a child, a price, and how far to trust all "
    "three. If you "
    "quote an assumption without saying so, others will quote it again as a finding.",
    "exercise-7.4": "Somebody types it into the SIS once, and again wherever no machine carries the "
    "list, or the "
    "roster has no column for it. Each time is another chance to mistype it, and somebody's minutes.",
}
