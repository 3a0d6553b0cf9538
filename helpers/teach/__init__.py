"""Check, hint and solve the exercises of the notebooks."""
