"""Detection study: which faults are detected, and which false alarms are raised, over many seeds."""

from synthetic_data.studies.detection.study import (
    Detection,
    KitRun,
    detection,
    kit_run,
    together,
    write_kit_run,
)

__all__ = ["Detection", "KitRun", "detection", "kit_run", "together", "write_kit_run"]
