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
    "On Monday the SIS data manager gets the list of children who aren't found at the till, "
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
    "exercise-5.1": "The scorecard has one row a measure and pair. Sorting the match rates puts the lowest "
    "first; rows without a value are not the lowest, they are not known.",
    "exercise-5.2": "Four low numbers, four steps. With nothing to join by one agrees on an id; exports of "
    "different times are made again; whoever was never meant to be there is no gap; only who is left is "
    "looked for.",
    "exercise-5.3": "K comes back as KG: the roster has one code for both, so that the clinic finds its "
    "rows changed. Nursery has no code at all there. Both are lost on the way there and back.",
    "exercise-5.4": "A gap that names children, a role and a day is closed; one that names a system is "
    "discussed. Whether yours is the right one first, the people at the table say.",
}
