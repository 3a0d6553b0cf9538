"""How near a synthetic district comes to published figures: the calibration study."""
