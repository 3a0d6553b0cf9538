"""Print the tables of DATA_CARD.md and the data dictionary from the generator's own declarations.

`python -m synthetic_data.data_card` updates them (`make card`). In the card, each table is between two
comments that name it; everything else is edited by hand. The dictionary is generated as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from helpers.layouts import Layout, data_dictionary, load_layout
from helpers.standard import plain
from helpers.systems import roster_system
from synthetic_data.error_families import FAMILIES, declared_family
from synthetic_data.faults.scene import declared_faults, faults_on_request
from synthetic_data.life.effects import effects_table
from synthetic_data.population.hard_cases import BY_CHANCE, CASES
from synthetic_data.scenario import LEVELS, exchange, level_title, load_scenario
from synthetic_data.schooling.enrollment import MOVES
from synthetic_data.seed_search import seed_search
from synthetic_data.systems import SILOS, maker_of, sorting_of

__all__ = ["CARD", "DICTIONARY", "TABLES", "card_with_tables", "dictionary_page"]

HERE = Path(__file__).parent
CARD = HERE / "DATA_CARD.md"
DICTIONARY = HERE / "DATA_DICTIONARY.md"
DICTIONARY_SAYS = (
    "What each column of the made files means, printed from the layouts in `helpers/systems/` (`make card`).",
    "`bigpicture dictionary LAYOUT` prints one layout, and writes it as CSV with formats, units and codes.",
    "A name that is a pattern stands for several columns. *Whose number* is the system of ids to which an id "
    "belongs.",
)
STATUS = {
    "published": "published standard",
    "documented": "documented by the vendor",
    "observed": "seen in exports",
    "reader": "fields of a program that reads such exports",
    "own": "the kit's own",
}


def card_with_tables(card: str) -> str:
    """Replace the tables of a data card with the current ones."""
    for name, printed in TABLES.items():
        begins, ends = f"<!-- table: {name} -->", f"<!-- end: {name} -->"
        before, _, rest = card.partition(begins)
        _, _, after = rest.partition(ends)
        table = "\n".join(printed())
        card = f"{before}{begins}\n{table}\n{ends}{after}"
    return card


def dictionary_page() -> str:
    """Return the data dictionary: every column of every file that the generator writes."""
    lines = ["# Data dictionary", "", *DICTIONARY_SAYS, ""]
    for silo in SILOS:
        layout = _layout_of(silo)
        lines += [
            f"## {silo}: {layout.title}",
            "",
            f"Layout `{layout.layout}`, {STATUS[layout.source_status]}.",
        ]
        lines += [f"Source: {layout.source}.", ""]
        table = data_dictionary(layout.layout)
        for file in layout.files:
            lines += [f"### {silo}: {file.name}", "", f"`{file.path}`: a row is {file.row_is}.", ""]
            rows = table.loc[table["file"] == file.name].fillna("")
            columns = ["column", "type", "meaning", "id_of", "required", "sensitivity", "term"]
            heads = ["column", "type", "meaning", "whose number", "required", "sensitivity", "term"]
            lines += [*_table(heads, rows[columns].to_numpy().tolist()), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _layout_of(silo: str) -> Layout:
    return load_layout(maker_of(silo).LAYOUT)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(heads), "|" + "---|" * len(heads), *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    # A bar would end a cell, and a bracket would start a tag.
    return f"| {' | '.join(str(cell).replace('|', '&#124;').replace('<', '&lt;') for cell in cells)} |"


def _silos() -> list[str]:
    rows = []
    for silo in SILOS:
        layout = _layout_of(silo)
        files = [file for file in layout.files if file.makes]
        grain = "; ".join(dict.fromkeys(file.row_is for file in files))
        ids = [
            f"{column.name} ({column.identification_system})"
            for file in files
            if any(makes.table == "people" for makes in file.makes)
            for column in file.columns
            if column.identification_system
        ]
        status = f"{STATUS[layout.source_status]}: {layout.source}"
        rows.append([silo, layout.title, status, grain, ", ".join(dict.fromkeys(ids)) or "none"])
    return _table(["silo", "system and layout", "source", "one row is", "ids of a person"], rows)


def _exchange() -> list[str]:
    scenarios = {level: load_scenario(level=level) for level in LEVELS}
    rows = []
    for silo in SILOS:
        row = [silo]
        for scenario in scenarios.values():
            takes_part = exchange(scenario, silo)
            shares = [name if share == 1 else f"{name} {share:.0%}" for name, share in takes_part.ids.items()]
            days = (scenario.as_of - takes_part.roster_date.date()).days
            words = "" if takes_part.agreed_codes else ", own words"
            row.append(
                f"{', '.join(shares) or 'no shared id'}; {days} day{'' if days == 1 else 's'} old{words}"
            )
        rows.append(row)
    factors = [
        f"times {exchange(scenario, roster_system()).fault_factor:g}" for scenario in scenarios.values()
    ]
    rows.append(["rates of faults", *factors])
    titles = ", ".join(f"*{level}*: {level_title(level).split(': ')[1]}" for level in LEVELS)
    return [f"{titles}.", "", *_table(["silo", *LEVELS], rows)]


def _cases() -> list[str]:
    moves = dict(MOVES.values())
    made: dict[str, str] = {}
    for fault in declared_faults():
        if fault.case:
            text = made.setdefault(fault.case, f"{fault.looks_like} (in: ")
            made[fault.case] = f"{text}{fault.silo}, "
    own = {"colliding_id": "the lunch line's own number equals another child's district number (meals)"}
    rows = [
        *([case, words, "always planted"] for case, words in CASES.items()),
        *([case, words, "as it happens"] for case, words in BY_CHANCE.items()),
        *([case, words, "always planted"] for case, words in moves.items()),
        *([case, words, "where the lunch line counts up its own numbers"] for case, words in own.items()),
        *([case, f"{words[:-2]})", "a fault, wherever there are faults"] for case, words in made.items()),
    ]
    return _table(["case", "what it is", "how it comes about"], sorted(rows))


def _sorting() -> list[str]:
    rows = [[silo, file, ", ".join(columns)] for silo in SILOS for file, columns in sorting_of(silo).items()]
    return _table(["silo", "file", "sorted by"], rows)


def _not_held() -> list[str]:
    rows = []
    for silo in SILOS:
        not_held = maker_of(silo).columns_not_held()
        rows.append([silo, ", ".join(not_held)])
    return _table(["silo", "columns of *people* that it has no place for"], rows)


def _faults() -> list[str]:
    rows = []
    for fault in (*declared_faults(), *faults_on_request()):
        levels = "" if len(fault.levels) == len(LEVELS) else f" (only at {', '.join(fault.levels)})"
        often = "on request" if fault.on_request else f"{fault.rate:g}"
        of_family = f", by family: {fault.of_family}" if fault.of_family else ""
        cells = [fault.silo, fault.kind, fault.looks_like, often, f"{fault.rate_is}{levels}{of_family}"]
        cells += [
            str(fault.minimum),
            f"{fault.base_rate} ({fault.strength})",
            fault.source,
            fault.detected_by,
        ]
        rows.append(cells)
    heads = ["silo", "kind", "looks like", "rate", "of", "at least", "base rate", "source", "found by"]
    return _table(heads, rows)


def _errors() -> list[str]:
    rows = [
        [family, kind["kind"], ", ".join(kind["of"]), f"{kind['weight']:g}", kind["looks_like"]]
        for family in FAMILIES
        for kind in declared_family(family)["kind"]
    ]
    return _table(["family", "kind", "changes", "weight", "looks like"], rows)


def _effects() -> list[str]:
    return effects_table(load_scenario())


def _seeds() -> list[str]:
    search = seed_search()
    rows = [
        [lesson, effect, f"{count} of {every}"]
        for lesson, effect, count, every in search.shares()[
            ["lesson", "effect", "seeds", "of_seeds"]
        ].itertuples(index=False)
    ]
    return [plain(search.sentence()), "", *_table(["notebook", "effect", "other seeds that show it"], rows)]


TABLES: dict[str, Callable[[], list[str]]] = {
    "silos": _silos,
    "seeds": _seeds,
    "exchange": _exchange,
    "sorting": _sorting,
    "cases": _cases,
    "not held": _not_held,
    "effects": _effects,
    "faults": _faults,
    "errors": _errors,
}


def _write() -> None:
    card = card_with_tables(CARD.read_text(encoding="utf-8"))
    for path, text in ((CARD, card), (DICTIONARY, dictionary_page())):
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _write()
