-- Records of persons, and which file and row gave a column of one: the last row behind the record if the column says
-- something, unless the reader names another; else the last row of the files that are surest to have the column.
CREATE TABLE person AS
SELECT l.link, l.child, l.band, l.as_of AS spoken, p.* EXCLUDE (silo, record, link), p.silo,
    least(coalesce(d.year, n.year), n.year)::SMALLINT AS export_year
FROM raw_people p JOIN record_link l ON l.link = p.link
LEFT JOIN day_year d ON d.day = p.as_of::DATE LEFT JOIN newest_year n ON n.silo = p.silo;

CREATE VIEW person_cell AS
SELECT * FROM (
    SELECT link, child, band, silo, place, as_of, end_date, export_year, name_status, birth_date_status, birth_date_other, school_name,
        first_name, last_surname, strftime(birth_date, '%Y-%m-%d') AS birth_date, sex, home_language, school_id, grade_level FROM person
) UNPIVOT INCLUDE NULLS (word FOR "column" IN (first_name, last_surname, birth_date, sex, home_language, school_id, grade_level));

CREATE TABLE record_rows AS
SELECT link, count(*) AS rows, arg_max({file: file, row: row}, place) AS last FROM raw_person_rows WHERE link IS NOT NULL GROUP BY link;

CREATE TABLE cell_source AS
WITH empty AS (
    SELECT k.link, k.column, arg_max({file: r.file, row: r.row}, (g.sure, r.place)) AS hit
    FROM person_cell k JOIN record_rows m ON m.link = k.link AND m.rows > 1 AND k.word IS NULL
    JOIN raw_person_rows r ON r.link = k.link JOIN gives g ON g.silo = r.silo AND g.file = r.file AND g.column = k.column GROUP BY ALL
), filled AS (
    SELECT link, "column", arg_max({file: file, row: row}, place) AS hit FROM raw_filled_cells
    WHERE link IS NOT NULL AND "column" IN ('first_name', 'last_surname', 'birth_date', 'sex', 'home_language', 'school_id', 'grade_level') GROUP BY ALL
)
FROM filled UNION ALL FROM empty ANTI JOIN filled USING (link, "column");

CREATE VIEW person_source AS
SELECT k.*, m.rows, CASE WHEN m.rows = 1 OR (c.link IS NULL AND k.word IS NOT NULL) THEN m.last ELSE c.hit END AS hit
FROM person_cell k LEFT JOIN record_rows m ON m.link = k.link LEFT JOIN cell_source c ON c.link = k.link AND c.column = k.column;
