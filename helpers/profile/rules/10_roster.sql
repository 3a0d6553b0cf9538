-- A column of the people, from every system that fills it for anybody.
CREATE TABLE asked_cell AS
SELECT e.element, c.column, c.child, c.silo, c.link, c.band, c.as_of, coalesce(c.end_date, TIMESTAMP '2200-01-01') AS recent, c.word IS NOT NULL AS known,
    CASE WHEN NOT c.filler THEN c.word END AS word, m.rows, m.file, m.row,
    e.column = 'birth_date' AND coalesce(c.birth_date_status IN ('Placeholder', 'Day and month ambiguous', 'Month only', 'Year only'), false) AS doubtful,
    CASE WHEN e.column = 'birth_date' THEN strftime(c.birth_date_other, '%Y-%m-%d') END AS other
FROM person_cell c JOIN element e ON e.rule = 'person_field' AND e.column = c.column
SEMI JOIN (SELECT silo, "column" FROM person_cell WHERE NOT filler AND word IS NOT NULL GROUP BY ALL) f ON f.silo = c.silo AND f.column = c.column
LEFT JOIN record_rows m ON m.link = c.link;

CREATE TABLE empty_cell AS
SELECT a.link, a.column, arg_max(r.place, (g.sure::HUGEINT << 64) + r.place) AS place
FROM asked_cell a JOIN raw_person_rows r ON r.link = a.link JOIN gives g ON g.silo = r.silo AND g.file = r.file AND g.column = a.column
WHERE a.rows > 1 AND NOT a.known GROUP BY ALL;

CREATE VIEW found_person AS
SELECT a.* EXCLUDE ("column", known, file, row),
    CASE WHEN a.rows > 1 AND f.link IS NOT NULL THEN f.file WHEN a.rows = 1 OR a.known THEN a.file ELSE e.file END AS file,
    CASE WHEN a.rows > 1 AND f.link IS NOT NULL THEN f.row WHEN a.rows = 1 OR a.known THEN a.row ELSE e.row END AS row
FROM asked_cell a LEFT JOIN filled_cell f ON f.link = a.link AND f.column = a.column
LEFT JOIN (SELECT c.link, c.column, r.file, r.row FROM empty_cell c JOIN raw_person_rows r ON r.place = c.place) e ON e.link = a.link AND e.column = a.column;

-- Each record's latest enrollment period of a year; without one, the person's record in the year of the export.
CREATE TABLE latest_period AS
SELECT e.element, e.column, f.link, f.child, f.silo, f.band, f.year, count(*) AS rows,
    arg_max({file: f.file, row: f.row, begins: f.begin_date, ends: f.end_date,
             word: CASE e.column WHEN 'school_id' THEN f.school_id ELSE f.grade_level END},
            (coalesce(f.is_primary, true), coalesce(f.begin_date, TIMESTAMP '0001-01-01'), f.row, f.place)) AS hit
FROM fact_school_enrollment f JOIN element e ON e.rule = 'latest_enrolment'
WHERE f.child IS NOT NULL AND f.year IN (FROM year) AND CASE e.column WHEN 'school_id' THEN f.school_id ELSE f.grade_level END IS NOT NULL
GROUP BY ALL;

CREATE TABLE at_school AS
SELECT l.element, l.link, l.child, l.silo, l.band, l.year, l.hit.file AS file, l.hit.row AS row, l.rows, t.as_of,
    coalesce(l.hit.ends, TIMESTAMP '2200-01-01') AS recent, l.hit.begins AS begin_date, l.hit.word AS word,
    NULL::VARCHAR AS named, 0 AS kind, l.link AS nth
FROM latest_period l JOIN record_link t USING (link)
UNION ALL
SELECT e.element, c.link, c.child, c.silo, c.band, c.export_year, CASE WHEN m.rows > 1 AND f.link IS NOT NULL THEN f.file ELSE m.file END,
    CASE WHEN m.rows > 1 AND f.link IS NOT NULL THEN f.row ELSE m.row END, m.rows, c.as_of,
    coalesce(c.end_date, TIMESTAMP '2200-01-01'), NULL, c.word, c.school_name, 1, c.place
FROM (FROM person_cell WHERE "column" IN ('school_id', 'grade_level') AND word IS NOT NULL AND export_year IN (FROM year)) c
JOIN element e ON e.rule = 'latest_enrolment' AND e.column = c.column
ANTI JOIN latest_period l ON l.link = c.link AND l.year = c.export_year AND l.column = c.column
LEFT JOIN record_rows m ON m.link = c.link LEFT JOIN filled_cell f ON f.link = c.link AND f.column = c.column;

-- A school's number of one system is called as nearly all children who have it are said to be elsewhere.
CREATE TABLE school_place AS
WITH own AS (SELECT silo, school_id, arg_min(school_name, place) AS name FROM raw_school GROUP BY ALL)
SELECT a.*, coalesce(o.name, a.named) AS name
FROM at_school a LEFT JOIN own o ON o.silo = a.silo AND o.school_id = a.word WHERE a.element = 'school';

CREATE TABLE learned AS
WITH named AS (
    SELECT child, year, arg_min(name, (kind, CASE kind WHEN 0 THEN silo END, nth)) AS name FROM school_place WHERE name IS NOT NULL GROUP BY ALL
), counts AS (
    SELECT n.silo, n.word, named.name, count(*) AS children
    FROM (SELECT DISTINCT child, year, silo, word FROM school_place WHERE name IS NULL) n
    JOIN named USING (child, year) GROUP BY ALL
)
FROM counts QUALIFY children >= 3 AND children / sum(children) OVER (PARTITION BY silo, word) >= 0.8;

CREATE VIEW found_school AS
SELECT a.* EXCLUDE (named, kind, nth) FROM at_school a WHERE element <> 'school'
UNION ALL BY NAME
SELECT a.* EXCLUDE (named, kind, nth, word, name), coalesce(a.name, l.name, a.word) AS word
FROM school_place a LEFT JOIN learned l ON l.silo = a.silo AND l.word = a.word;

CREATE VIEW counted_identifier AS
SELECT e.element, l.child, l.silo, i.link, l.band, i.file, i.row, 1 AS rows, i.identifier AS word
FROM raw_identifiers i JOIN element e ON e.rule = 'identifier' AND e.column = i.identification_system JOIN record_link l ON l.link = i.link;
