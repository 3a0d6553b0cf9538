"""Standard tables that rooms exchange, and the reading and checking of TOML declarations."""

from helpers.standard.definitions import (
    Difference,
    Measured,
    definition,
    definitions,
    marked,
    measures_in,
    percent,
    plain,
    unmarked,
    with_marks,
)
from helpers.standard.elements import (
    DTYPES,
    AttendanceTerms,
    Declarations,
    Element,
    Grouped,
    TimelineEvent,
    attendance_terms,
    credit_terms,
    mark_terms,
    plain_declarations,
)
from helpers.standard.figures import DeclaredCount, DeclaredNumber, DeclaredText, figure, filled, whole_figure
from helpers.standard.intervals import wilson
from helpers.standard.old_names import (
    OLD_CROSSWALK_COLUMNS,
    OLD_CROSSWALK_VALUES,
    OLD_KEY_COLUMNS,
    OLD_METHODS,
    OLD_PURPOSES,
    OLD_SIMULATED,
    OLD_SPELLINGS,
    renamed,
    respelled,
)
from helpers.standard.school_year import FIRST_MONTH, first_day, last_day, year_of_month
from helpers.standard.survey_items import Survey, as_sector, declared_survey, item_columns
from helpers.standard.tables import (
    STRING,
    as_table,
    cast,
    constant,
    each_row,
    empty_table,
    fact_tables,
    from_arrow,
    isin_text,
    labeled,
    missing,
    places_in_order,
    stacked,
    standard_table,
    table_names,
)
from helpers.standard.validation import (
    STRICT,
    Assumed,
    BadInput,
    StrictModel,
    faults_of,
    nearest,
    read_declared,
    text_of,
    toml_of,
    ungrouped,
)

# Public names, each documented. The other imports serve other rooms.
__all__ = [
    "STRING",
    "BadInput",
    "as_table",
    "cast",
    "constant",
    "each_row",
    "empty_table",
    "fact_tables",
    "faults_of",
    "from_arrow",
    "isin_text",
    "labeled",
    "missing",
    "nearest",
    "places_in_order",
    "stacked",
    "standard_table",
    "table_names",
]
