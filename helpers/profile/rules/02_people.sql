-- Records of persons, and which file and row gave a column of one: the last row behind the record if the column says
-- something, unless the reader names another; else the last row of the files that are surest to have the column.
CREATE TABLE person AS
SELECT l.link, l.child, l.band, p.silo, p.place, p.as_of, p.end_date, p.name_status, p.first_name, p.last_surname, p.full_name, p.birth_date,
    p.birth_date_status, p.birth_date_other, p.sex, p.home_language, p.school_id, p.school_name, p.grade_level,
    least(coalesce(d.year, n.year), n.year)::SMALLINT AS export_year
FROM raw_people p JOIN record_link l ON l.link = p.link
LEFT JOIN day_year d ON d.day = p.as_of::DATE LEFT JOIN newest_year n ON n.silo = p.silo;

-- A filler for a name says nothing, and neither does a birth date next to one.
CREATE VIEW person_cell AS
SELECT *, 'first_name' AS "column", first_name AS word, coalesce(name_status, '') = 'Placeholder' AS filler FROM person
UNION ALL SELECT *, 'last_surname' AS "column", last_surname AS word, coalesce(name_status, '') = 'Placeholder' AS filler FROM person
UNION ALL SELECT *, 'birth_date' AS "column", strftime(birth_date, '%Y-%m-%d') AS word, coalesce(name_status, '') = 'Placeholder' AS filler FROM person
UNION ALL SELECT *, 'sex' AS "column", sex AS word, false AS filler FROM person
UNION ALL SELECT *, 'home_language' AS "column", home_language AS word, false AS filler FROM person
UNION ALL SELECT *, 'school_id' AS "column", school_id AS word, false AS filler FROM person
UNION ALL SELECT *, 'grade_level' AS "column", grade_level AS word, false AS filler FROM person;

CREATE TABLE record_rows AS
SELECT m.*, r.file, r.row
FROM (SELECT link, count(*) AS rows, max(place) AS last FROM raw_person_rows WHERE link IS NOT NULL GROUP BY link) m
JOIN raw_person_rows r ON r.place = m.last;

CREATE TABLE filled_cell AS
SELECT link, "column", arg_max(file, place) AS file, arg_max(row, place) AS row FROM raw_filled_cells WHERE link IS NOT NULL GROUP BY ALL;
