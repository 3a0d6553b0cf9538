"""Solutions of notebook 05, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-5.1": """
rates = card[card["measure"].eq("match rate")].dropna(subset=["value"]).sort_values("value")
worst_pair = tuple(rates[["left_silo", "right_silo"]].iloc[0])
""",
    "exercise-5.2": 'reasons = {"A": "Not joinable", "B": "Not fresh", "C": "Not meant", "D": "Missing"}',
    "exercise-5.3": """
lost = codes["comes_back_as"].ne(codes["clinic_writes"]).fillna(True)
round_trip_loss = codes.loc[lost, "rows"].sum() / codes["rows"].sum()
""",
    "exercise-5.4": """
first_gap = (
    "On Monday the SIS data manager gets the list of children who aren't found at the lunch line, "
    "and says by Friday which of them should be there, so that no child stands in line without a lunch."
)
""",
}

MISTAKES = {
    "exercise-5.1": """
worst_pair = card.sort_values("value")["left_silo"].iloc[0]
""",
    "exercise-5.2": 'reasons = {"A": "Missing", "B": "Missing", "C": "Missing", "D": "Missing"}',
    "exercise-5.3": """
unknown = codes["roster_writes"].isna()
round_trip_loss = codes.loc[unknown, "rows"].sum() / codes["rows"].sum()
""",
    "exercise-5.4": """
first_gap = "The systems have bad data, and that should be fixed by somebody as soon as possible."
""",
}

WHY = {
    "exercise-5.1": "The scorecard has one row for each measure and pair. Sorting the match rates puts the "
    "lowest first; rows without a value are unknown, not the lowest.",
    "exercise-5.2": "Four low numbers, four steps. With nothing to link by, agree on an id. If "
    "exports are from "
    "different times, export again. A child who was never meant to be there is no gap. Look only for the "
    "rest.",
    "exercise-5.3": "K comes back as KG: the roster has one code for both, so the clinic finds its "
    "rows changed. Nursery has no code at all there. Both are lost on the way there and back.",
    "exercise-5.4": "People close a gap that names children, a role and a day; they only discuss one "
    "that names "
    "a system. The people at your table judge whether yours should come first.",
}
