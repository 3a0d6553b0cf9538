"""Solutions of session C, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "C.1": [
        """
def safe_key(numbers):
    return bool(numbers.notna().all() and numbers.is_unique)
""",
        """
def safe_key(numbers):
    return numbers.nunique() == len(numbers)
""",
    ],
    "C.2": [
        """
def join_on_number(roster, other):
    return roster.merge(
        other,
        on="number",
        how="outer",
        suffixes=("_roster", "_other"),
        validate="one_to_one",
        indicator=True,
    )
""",
        """
def join_on_number(roster, other):
    left, right = (
        table.rename(columns={name: f"{name}_{side}" for name in table if name != "number"})
        for table, side in ((roster, "roster"), (other, "other"))
    )
    return pd.merge(left, right, how="outer", validate="1:1", indicator="_merge")
""",
    ],
    "C.3": [
        """
def same_child(rows):
    same_first = rows["first_roster"].str.casefold().eq(rows["first_other"].str.casefold())
    same_last = rows["last_roster"].str.casefold().eq(rows["last_other"].str.casefold())
    return same_first & same_last
""",
        """
def same_child(rows):
    roster = rows["first_roster"] + " " + rows["last_roster"]
    other = rows["first_other"] + " " + rows["last_other"]
    return roster.str.upper() == other.str.upper()
""",
    ],
    "C.4": [
        """
def standardize_name(text):
    letters = [one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one)]
    return " ".join("".join(letters).casefold().split())
""",
        """
def standardize_name(text):
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\\s+", " ", plain).strip().upper()
""",
    ],
    "C.5": [
        """
def standardize_number(text):
    return text.removesuffix(".0").lstrip("P ").lstrip("0")
""",
        """
def standardize_number(text):
    return re.sub(r"^\\s*P?\\s*0*|\\.0$", "", text)
""",
    ],
    "C.6": [
        """
def standardize_date(text):
    for order in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, order)
        except ValueError:
            pass
    return None
""",
        """
def standardize_date(text):
    order = "%m/%d/%Y" if "/" in text else "%Y-%m-%d"
    return pd.to_datetime(text, format=order, errors="coerce")
""",
    ],
    "C.7": [
        """
def nobody_merged(before, after):
    return before.nunique() == after.nunique()
""",
        """
def nobody_merged(before, after):
    assert before.groupby(after.to_numpy()).nunique().le(1).all()
""",
    ],
    "C.8": [
        """
def second_pass(roster, other):
    keys = ["last", "initial", "birth_date"]

    def once(table):
        table = table.assign(initial=table["first"].str[0]).dropna(subset=keys)
        return table.drop_duplicates(keys, keep=False)

    return once(roster).merge(
        once(other), on=keys, how="inner", suffixes=("_roster", "_other"), validate="one_to_one"
    )
""",
        """
def second_pass(roster, other):
    keys = ["last", "initial", "birth_date"]
    roster, other = (table.assign(initial=table["first"].str[:1]) for table in (roster, other))
    both = roster.merge(
        other, on=keys, how="inner", suffixes=("_roster", "_other"), validate="many_to_many"
    ).dropna(subset=keys)
    return both[
        ~both["record_roster"].duplicated(keep=False) & ~both["record_other"].duplicated(keep=False)
    ]
""",
    ],
    "C.9": [
        """
def count_pairs(found, truth):
    claimed = set(zip(found["record_roster"], found["record_other"]))
    real = set(zip(truth["record_roster"], truth["record_other"]))
    return {
        "right": len(claimed & real),
        "wrong": len(claimed - real),
        "missed": len(real - claimed),
    }
""",
        """
def count_pairs(found, truth):
    pair = ["record_roster", "record_other"]
    both = found[pair].merge(truth[pair], on=pair, how="outer", validate="one_to_one", indicator=True)
    names = {"both": "right", "left_only": "wrong", "right_only": "missed"}
    return {name: int(both["_merge"].eq(side).sum()) for side, name in names.items()}
""",
    ],
    "C.10": [
        """
def threshold(scored, share):
    safe = [
        line
        for line in scored["probability"]
        if (~scored.loc[scored["probability"] >= line, "right"]).mean() <= share
    ]
    return min(safe)
""",
        """
def threshold(scored, share):
    in_order = scored.sort_values("probability", ascending=False)
    wrong = 1 - in_order["right"].astype(float).expanding().mean()
    last = ~in_order["probability"].duplicated(keep="last")  # of equal ones, all are linked
    return in_order.loc[last & (wrong <= share), "probability"].min()
""",
    ],
}

MISTAKES = {
    "C.1": [
        (
            """
def safe_key(numbers):
    return bool(numbers.is_unique)
""",
            "lets through a child without a number",
        ),
        (
            """
def safe_key(numbers):
    return numbers.notna()
""",
            "Does a column need .all() or .any()?",
        ),
        (
            """
def safe_key(numbers):
    return bool(numbers.notna().all())
""",
            "lets through a number that two children have",
        ),
    ],
    "C.2": [
        (
            """
def join_on_number(roster, other):
    return roster.merge(other, on="number", how="inner", suffixes=("_roster", "_other"), indicator=True)
""",
            "loses nobody",
        ),
        (
            """
def join_on_number(roster, other):
    return roster.merge(other, on="number", how="outer", suffixes=("_roster", "_other"), indicator=True)
""",
            "let validate test it",
        ),
    ],
    "C.3": [
        (
            """
def same_child(rows):
    return rows["last_roster"].str.casefold().eq(rows["last_other"].str.casefold())
""",
            "one surname and two first names",
        ),
        (
            """
def same_child(rows):
    return rows["first_roster"].eq(rows["first_other"]) & rows["last_roster"].eq(rows["last_other"])
""",
            "complains about right rows",
        ),
    ],
    "C.4": [
        (
            """
def standardize_name(text):
    return text.strip().casefold()
""",
            "'ana maria' and '␣Ana␣␣Maria␣' are one",
        ),
        (
            """
def standardize_name(text):
    return " ".join(text.casefold().split())
""",
            "'lefevre' and 'Lefèvre' are one",
        ),
        (
            """
def standardize_name(text):
    letters = [one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one)]
    return "".join(letters).casefold().split()[0]
""",
            "'Ana Maria' and 'Ana",
        ),
    ],
    "C.5": [
        (
            """
def standardize_number(text):
    return text.lstrip("P 0")
""",
            "'4711' and '4711.0' are one",
        ),
        (
            """
def standardize_number(text):
    return text.strip("P .0")
""",
            "makes both '4711'",
        ),
    ],
    "C.6": [
        (
            """
def standardize_date(text):
    return pd.to_datetime(text, dayfirst="/" in text)
""",
            "'2013-03-05' and '03/05/2013' are one",
        ),
        (
            """
def standardize_date(text):
    return datetime.strptime(text, "%m/%d/%Y" if "/" in text else "%Y-%m-%d")
""",
            "return None for it",
        ),
    ],
    "C.7": [
        (
            """
def nobody_merged(before, after):
    return len(before) == len(after)
""",
            "two numbers that became one",
        ),
        (
            """
def nobody_merged(before, after):
    return bool(after.is_unique)
""",
            "complains about a number that was there twice before",
        ),
    ],
    "C.8": [
        (
            """
def second_pass(roster, other):
    keys = ["last", "initial", "birth_date"]
    roster, other = (table.assign(initial=table["first"].str[0]) for table in (roster, other))
    return roster.merge(
        other, on=keys, how="inner", suffixes=("_roster", "_other"), validate="many_to_many"
    )
""",
            "are twins",
        ),
        (
            """
def second_pass(roster, other):
    keys = ["last", "initial", "birth_date"]
    roster, other = (
        table.assign(initial=table["first"].str[0]).drop_duplicates(keys, keep=False)
        for table in (roster, other)
    )
    return roster.merge(other, on=keys, how="inner", suffixes=("_roster", "_other"), validate="one_to_one")
""",
            "Two missing birth dates",
        ),
        (
            """
def second_pass(roster, other):
    keys = ["last", "birth_date"]
    left, right = (table.dropna(subset=keys).drop_duplicates(keys, keep=False) for table in (roster, other))
    return left.merge(right, on=keys, how="inner", suffixes=("_roster", "_other"), validate="one_to_one")
""",
            "each list has one of them",
        ),
    ],
    "C.9": [
        (
            """
def count_pairs(found, truth):
    right = len(found.merge(truth, on=["record_roster", "record_other"], how="inner", validate="1:1"))
    return {"right": right, "wrong": len(found) - right, "missed": abs(len(truth) - len(found))}
""",
            "doesn't make up for a missed one",
        ),
        (
            """
def count_pairs(found, truth):
    right = int(found["record_other"].isin(truth["record_other"]).sum())
    return {"right": right, "wrong": len(found) - right, "missed": len(truth) - right}
""",
            "2 are right; yours says 5",
        ),
    ],
    "C.10": [
        (
            """
def threshold(scored, share):
    return 1 - share
""",
            "Safe, but",
        ),
        (
            """
def threshold(scored, share):
    return scored["probability"].min()
""",
            "may be wrong. From 0.4 on",
        ),
    ],
}

WHY = {
    "C.1": "A key must be there, and on one child. This test says nothing about whose number it is.",
    "C.2": "validate stops a repeated number before it doubles rows. indicator shows who was found, and an "
    "outer merge keeps those who weren't.",
    "C.3": "The number joined the row, so only something else can confirm it. First name and surname do, "
    "since brothers share one and namesakes the other. If a side has no name, nothing can notice.",
    "C.4": "Two systems write one name in many ways. Take away what never tells two children apart, and "
    "nothing more: Ana and Anna may be two.",
    "C.5": "A spreadsheet drops zeros in front and adds .0. It never drops zeros at the end, and 47110 is "
    "another child.",
    "C.6": "Each system has its order, and you know it. A date that fits neither is missing: a guess would "
    "join two children.",
    "C.7": "Standardizing brings two systems together. Within one system it must bring no two numbers "
    "together: they were two children.",
    "C.8": "Less evidence needs more care: a key that fits two children on either side decides nothing, and "
    "what is missing on both sides isn't equal.",
    "C.9": "Right, wrong and missed are three numbers, since a wrong pair harms a child and a missed one "
    "leaves a gap. One rate for all hides which.",
    "C.10": "A threshold trades wrong pairs for missed ones, and somebody has to say how many wrong are too "
    "many. Choose it on one district, and test it on another.",
}
