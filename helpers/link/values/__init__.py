"""Values in comparable form: names, birth dates, identifiers, contacts, schools."""
