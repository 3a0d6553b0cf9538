"""Solutions of notebook 11, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-11.1": 'net = int(scores["made_right"].sum() - scores["made_wrong"].sum())',
    "exercise-11.2": '''
roster_decision = """The SIS owns the roster, because its registrar sees the birth certificate and ends a
child's record on the day she leaves. Only the registrar changes a name or ends a child, by 4 p.m.
Anyone else who sees a mistake calls her and types nothing; the next morning every system has it."""
''',
    "exercise-11.3": '''
demand = """From July every row of the daily export carries the district number as text. Each morning a
script counts rows without one, and the data steward is told. If there is one on three days in a month, the
vendor fixes the import at its own cost, and we pay nothing for that month."""
''',
    "exercise-11.4": """
likely = plan.months[plan.months["end"].eq("likely")]
reached = likely[likely["schools_with_coach"] * 2 >= len(schools)]
half_have_a_coach = int(reached["month"].min()) if len(reached) else 0
""",
}

MISTAKES = {
    "exercise-11.1": 'net = int(scores["changed"].sum()) + 1',
    "exercise-11.2": 'roster_decision = "The SIS owns the roster."',
    "exercise-11.3": 'demand = "The vendor shall deliver good data, and deliver it in time as we agreed."',
    "exercise-11.4": "half_have_a_coach = -1",
}

WHY = {
    "exercise-11.1": "A value that changed isn't a value that got better. Only gains minus losses "
    "show whether "
    "the decision helped, and for how many children.",
    "exercise-11.2": "An owner without an hour and a person is a wish. And the others need something "
    "better to do than to correct their own copy.",
    "exercise-11.3": "If nobody counts it each morning, it isn't a demand. The count, the day and "
    "what follows "
    "turn a wish into a contract.",
    "exercise-11.4": "A school has a coach once somebody is certified and takes it on; a coach takes on more "
    "than one, so coverage grows in steps.",
}
