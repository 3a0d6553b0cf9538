"""Which faults are noticed, and what is raised where nothing is wrong: the detectors over many seeds."""

from synthetic_data.studies.detection.study import (
    Detection,
    KitRun,
    detection,
    kit_run,
    together,
    write_kit_run,
)

__all__ = ["Detection", "KitRun", "detection", "kit_run", "together", "write_kit_run"]
