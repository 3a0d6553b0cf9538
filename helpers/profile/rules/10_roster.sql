-- A column of the people, from every system that fills it for anybody. Next to a filler for a name a birth date is one too.
INSERT INTO found BY NAME
WITH said AS (
    SELECT s.*, CASE WHEN coalesce(s.name_status, '') <> 'Placeholder' OR s.column NOT IN ('first_name', 'last_surname', 'birth_date')
        THEN s.word END AS given
    FROM person_source s SEMI JOIN (FROM element WHERE rule = 'person_field') e ON e.column = s.column
), fills AS (SELECT DISTINCT silo, "column" FROM said WHERE given IS NOT NULL)
SELECT e.element, s.child, s.silo, s.link, s.band, s.hit.file AS file, s.hit.row AS row, s.rows, s.given AS word, s.as_of,
    coalesce(s.end_date, TIMESTAMP '2200-01-01') AS recent,
    s.column = 'birth_date' AND coalesce(s.birth_date_status IN ('Placeholder', 'Day and month ambiguous', 'Month only', 'Year only'), false) AS doubtful,
    CASE WHEN s.column = 'birth_date' THEN strftime(s.birth_date_other, '%Y-%m-%d') END AS other
FROM said s SEMI JOIN fills f USING (silo, "column") JOIN element e ON e.rule = 'person_field' AND e.column = s.column;

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
SELECT e.element, s.link, s.child, s.silo, s.band, s.export_year, s.hit.file, s.hit.row, s.rows, s.as_of,
    coalesce(s.end_date, TIMESTAMP '2200-01-01'), NULL, s.word, s.school_name, 1, s.place
FROM person_source s JOIN element e ON e.rule = 'latest_enrolment' AND e.column = s.column
ANTI JOIN latest_period l ON l.link = s.link AND l.year = s.export_year AND l.column = s.column
WHERE s.word IS NOT NULL AND s.export_year IN (FROM year);

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

INSERT INTO found BY NAME
SELECT a.* EXCLUDE (named, kind, nth) FROM at_school a WHERE element <> 'school'
UNION ALL BY NAME
SELECT a.* EXCLUDE (named, kind, nth, word, name), coalesce(a.name, l.name, a.word) AS word
FROM school_place a LEFT JOIN learned l ON l.silo = a.silo AND l.word = a.word;

INSERT INTO counted BY NAME
SELECT e.element, l.child, l.silo, i.link, l.band, i.file, i.row, 1 AS rows, i.identifier AS word
FROM raw_identifiers i JOIN element e ON e.rule = 'identifier' AND e.column = i.identification_system JOIN record_link l ON l.link = i.link;
