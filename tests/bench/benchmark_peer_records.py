"""Make records.csv ready for a peer; run in the peer's environment, with pandas and nothing of the kit.

What an entrant would do in an hour: fold names, take full names apart, and list numbers that can be shared.
"""

import unicodedata
from itertools import combinations

import pandas as pd

# A number with fewer digits, such as a PIN, is shared by chance.
LEAST_OF_AN_ID = 5
# More records with one number than this are no child.
MOST_WITH_AN_ID = 60


def ready_records(folder):
    """Read and fold the records of a set; empty is None."""
    records = pd.read_csv(folder / "records.csv", dtype=str, keep_default_na=False)
    whole = records["full_name"].map(_parted)
    first = records["first_name"].where(records["first_name"].ne(""), whole.str[0])
    last = records["last_name"].where(records["last_name"].ne(""), whole.str[1])
    ready = pd.DataFrame(
        {
            "first": first.map(_folded),
            "last": last.map(_folded),
            "dob": records["birth_date"],
            "sex": records["sex"].str[:1],
            "school": records["school"].where(records["school"].ne(""), records["school_name"].map(_folded)),
            "grade": records["grade"],
            "email": records["email"].str.lower(),
            "telephone": records["telephone"].str.replace(r"\D", "", regex=True),
        }
    )
    ready["first_token"] = ready["first"].str.split(" ").str[0]
    ready["last_token"] = ready["last"].str.split(" ").str[-1]
    ready = ready.where(ready.ne(""), None)
    ready["ids"] = records["ids"].map(_ids)
    return ready


def pairs_with_an_id(ready):
    """Give pairs of records that share a number, an email address or a login."""
    of = ready["ids"].explode().dropna()
    pairs = set()
    for _, records in of.groupby(of).groups.items():
        if 2 <= len(records) <= MOST_WITH_AN_ID:
            pairs.update(combinations(sorted(records), 2))
    return pairs


def child_of(folder):
    """Read the key: the child of each record, empty where none is scored."""
    return pd.read_csv(folder / "key.csv", dtype=str, keep_default_na=False)["child"]


def _folded(text):
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign)).lower().replace("'", "")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in letters).split())


def _parted(text):
    last, comma, first = text.partition(",")
    if comma:
        return first, last
    first, _, last = text.strip().rpartition(" ")
    return first, last


def _ids(text):
    values = (part.partition("=")[2].strip().lower().lstrip("0") for part in text.split("; "))
    return tuple(sorted({value for value in values if len(value) >= LEAST_OF_AN_ID}))
