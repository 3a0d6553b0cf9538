"""The exercises, a module a subject; each module has its ``EXERCISES``."""
