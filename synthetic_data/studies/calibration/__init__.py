"""Calibration study: how close a synthetic district comes to published figures."""
