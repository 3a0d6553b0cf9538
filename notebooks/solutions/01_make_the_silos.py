"""Solutions of notebook 01, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-1.1": """
roster = {system for system, share in carried["sis"].items() if share == 1}
shared_numbers = [
    silo
    for silo, systems in carried.items()
    if silo != "sis" and any(systems.get(system, 0) == 1 for system in roster)
]
""",
    "exercise-1.2": """
unnoticed = injected.loc[injected["detected_by"].eq("Not findable"), "fault"].nunique()
""",
}

MISTAKES = {
    "exercise-1.1": """
shared_numbers = [silo for silo in carried if set(carried[silo]) & set(carried["sis"])]
""",
    "exercise-1.2": "unnoticed = injected['fault'].nunique()",
}

WHY = {
    "exercise-1.1": "A number links two systems only if both carry the same kind. If somebody types it "
    "for some records only, the others have just their names, and typing adds errors of its own.",
    "exercise-1.2": "We count errors by their number, since one error can change several places. An "
    "error that "
    "leaves no trace in any file has to be prevented where the record is made: no check will find it.",
}
