"""Solutions of session A, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "A.1": [
        """
def looked_up(roster, lunch_line):
    return roster.merge(lunch_line, on="number", how="left", validate="one_to_one", indicator=True)
""",
        """
def looked_up(roster, lunch_line):
    assert roster["number"].is_unique and lunch_line["number"].is_unique
    owes = roster["number"].map(lunch_line.set_index("number")["owes"])
    return roster.assign(owes=owes, found=roster["number"].isin(lunch_line["number"]))
""",
    ],
    "A.2": [
        """
by_name = roster.merge(
    accounts, left_on="child", right_on="account_of", how="left", validate="one_to_one", indicator=True
)
finds_nobody = by_name.loc[by_name["_merge"].eq("left_only"), "child"].item()
""",
        """
finds_nobody = next(child for child in roster["child"] if child not in set(accounts["account_of"]))
""",
    ],
    "A.3": [
        """
def key_is_safe(keys):
    return keys.is_unique and keys.notna().all()
""",
        """
def key_is_safe(keys):
    assert not keys.duplicated().any()
    assert not keys.isna().any()
""",
    ],
    "A.4": [
        """
def every_child_once(roster, joined):
    return sorted(joined["number"]) == sorted(roster["number"])
""",
        """
def every_child_once(roster, joined):
    assert joined["number"].is_unique
    assert set(joined["number"]) == set(roster["number"])
""",
    ],
    "A.5": [
        """
def same_child(joined):
    found = joined.dropna(subset=["account_of"])
    return found["child"].str.casefold().eq(found["account_of"].str.casefold()).all()
""",
        """
def same_child(joined):
    for child, account in zip(joined["child"], joined["account_of"], strict=True):
        assert pd.isna(account) or child.upper() == account.upper()
""",
    ],
    "A.6": [
        """
known = pairs.dropna(subset=["left_birth_date", "right_birth_date"])
other_birthday = int(known["left_birth_date"].ne(known["right_birth_date"]).sum())
""",
        """
other_birthday = len(pairs.query("left_birth_date < right_birth_date or left_birth_date > right_birth_date"))
""",
    ],
    "A.7": [
        """
def notices(pairs):
    other_name = pairs["left_first_name"].str.casefold().ne(pairs["right_first_name"].str.casefold())
    other_day = pairs["left_birth_date"].ne(pairs["right_birth_date"])
    return other_name | other_day
""",
        """
def notices(pairs):
    left = zip(pairs["left_first_name"].str.lower(), pairs["left_birth_date"], strict=True)
    right = zip(pairs["right_first_name"].str.lower(), pairs["right_birth_date"], strict=True)
    return [one != other for one, other in zip(left, right, strict=True)]
""",
    ],
}

MISTAKES = {
    "A.1": [
        (
            """
def looked_up(roster, lunch_line):
    return roster.merge(lunch_line, on="number", how="inner", validate="one_to_one", indicator=True)
""",
            "Noé is gone",
        ),
        (
            """
def looked_up(roster, lunch_line):
    return roster.merge(lunch_line, on="number", how="left", validate="one_to_one")
""",
            "Which argument of merge",
        ),
        (
            """
def looked_up(roster, lunch_line):
    return roster.merge(lunch_line, on="number", how="left", indicator=True)
""",
            "nothing stopped the lookup",
        ),
    ],
    "A.2": [
        ('finds_nobody = "Noé"', "wasn't found by number"),
        ('finds_nobody = "Eli"', "right_only"),
    ],
    "A.3": [
        (
            """
def key_is_safe(keys):
    return keys.is_unique
""",
            "It lets through a missing number",
        ),
        (
            """
def key_is_safe(keys):
    return keys.notna().all()
""",
            "It lets through a number that appears twice",
        ),
    ],
    "A.4": [
        (
            """
def every_child_once(roster, joined):
    return len(joined) == len(roster)
""",
            "one child twice and another gone",
        ),
        (
            """
def every_child_once(roster, joined):
    return joined["number"].is_unique
""",
            "a child who is gone",
        ),
    ],
    "A.5": [
        (
            """
def same_child(joined):
    return joined["number"].is_unique
""",
            "It lets through twins",
        ),
        (
            """
def same_child(joined):
    return joined["child"].eq(joined["account_of"]).all()
""",
            "It complains about a name in capitals",
        ),
    ],
    "A.6": [
        (
            """
other_birthday = int(pairs["left_birth_date"].eq(pairs["right_birth_date"]).sum())
""",
            "the question asks for those that differ",
        ),
        ("other_birthday = len(pairs)", "the number of all pairs"),
    ],
    "A.7": [
        (
            """
def notices(pairs):
    return pairs["left_last_surname"].str.casefold().ne(pairs["right_last_surname"].str.casefold())
""",
            "It lets through",
        ),
        (
            """
def notices(pairs):
    return pairs["left_birth_date"].ne(pairs["right_birth_date"])
""",
            "with Bea",
        ),
        (
            """
def notices(pairs):
    return pairs["identifier"].duplicated()
""",
            "It notices nothing",
        ),
    ],
}

WHY = {
    "A.1": "`how` says who stays, `validate` what must be true of the keys, `indicator` what became of each "
    "row. Without them pandas chooses silently: it drops whoever wasn't found, and counts nothing.",
    "A.2": "Of the two sides, left_only is yours: a child of the roster for whom nothing was found. What is "
    "right_only belongs to somebody else, and nobody in your list will ask about it.",
    "A.3": "Both tests are about one column. They can't tell whether two systems use one number for one "
    "child.",
    "A.4": "Equal lengths hide an exchange: one child too many and one too few. So we compare who is there.",
    "A.5": "A row was found by its number; a second column that both systems have must confirm it. If one "
    "side has no second column, no test can notice, and the link is unverified.",
    "A.6": "Two different dates are two children, or a slip at the keyboard: both are worth a look. A "
    "missing date says nothing.",
    "A.7": "We used the answer key to judge the rule, never to make it. The few right pairs that it stops "
    "are nicknames, accents and typing errors: a person can let them through in seconds. It isn't proof: "
    "in another district two children may share both, and then only a person notices.",
}
