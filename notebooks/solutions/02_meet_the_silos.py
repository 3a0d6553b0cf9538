"""Solutions of notebook 02, what people answer first, and why the solution is one."""

SOLUTIONS = {"exercise-2.1": 'absent_children = events.loc[is_absence, "record"].nunique()'}

MISTAKES = {"exercise-2.1": "absent_children = int(is_absence.sum())"}

WHY = {
    "exercise-2.1": "One row is one absence. A child who was absent three times has three rows and counts "
    "once, so different values of record are counted, not rows."
}
