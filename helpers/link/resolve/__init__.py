"""Entity resolution: which weighted pairs can hold together."""
