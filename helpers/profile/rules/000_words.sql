-- Words that several statements use.
CREATE MACRO cell_of(child, element, year) AS (enum_code(child)::BIGINT << 24) | (enum_code(element)::BIGINT << 12) | coalesce(year, 0);
CREATE MACRO text_of(number, word, not_applicable, type, unit) AS
    CASE WHEN not_applicable THEN NULL WHEN number IS NULL THEN word WHEN type = 'boolean' THEN if(number = 1, 'true', 'false')
         WHEN type = 'integer' THEN printf('%.0f', number) WHEN unit = 'USD' THEN printf('%.2f', number) ELSE printf('%.4f', number) END;
CREATE MACRO status_of(not_applicable, value) AS
    (CASE WHEN not_applicable THEN 'Not applicable' WHEN value IS NULL THEN 'Empty' ELSE 'Reported' END)::status_name;

-- What rules find: a value of a child (and year) as one system has it, with the row behind it where it is one.
CREATE TABLE found (
    element element_name, child child_name, silo silo_name, year SMALLINT, link INT, band band_name, file file_name, row BIGINT,
    rows BIGINT, begin_date TIMESTAMP, as_of TIMESTAMP, recent TIMESTAMP, number DOUBLE, word VARCHAR, doubtful BOOLEAN,
    other VARCHAR, not_applicable BOOLEAN
);

-- Counts and sums: as of the day of their record or system, which is added once for all.
CREATE TABLE counted (
    element element_name, child child_name, silo silo_name, year SMALLINT, link INT, band band_name, file file_name, row BIGINT,
    rows BIGINT, number DOUBLE, word VARCHAR
);

-- Lineage: the rows behind a value, or (Lists the child) those by which a zero is known to be one.
CREATE TABLE source (
    element element_name, tbl table_name, why why_name, child child_name, silo silo_name, year SMALLINT, link INT, band band_name,
    place BIGINT, file file_name, row BIGINT
);
