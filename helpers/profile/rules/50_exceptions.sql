-- Systems that record exceptions: a count where there is one, zero where the system is known to cover the child
-- and is silent, and nothing where nobody can say.
CREATE TABLE exception AS
SELECT element, 'incident' AS tbl, child, silo, year, link, band, place, file, row, true AS here,
    coalesce(incident_id, file || '#' || row) AS word, NULL::DOUBLE AS number FROM asked_incident
UNION ALL
SELECT e.element, 'discipline_action', f.child, f.silo, f.year, f.link, f.band, f.place, f.file, f.row,
    e.rule <> 'days_of_actions' OR coalesce(f.discipline, '') = 'Out of School Suspension', NULL, f.days
FROM fact_discipline_action f JOIN element e ON e.tbl = 'discipline_action' WHERE f.child IS NOT NULL AND f.year IN (FROM year)
UNION ALL
SELECT element, 'health_visit', child, silo, year, link, band, place, file, row, true, NULL, NULL FROM asked_health_visit;


CREATE TABLE exception_count AS
SELECT element, child, silo, year, CASE WHEN min(link) = max(link) THEN min(link) END AS link, max(band) AS band,
    count(*) FILTER (here) AS rows,
    CASE any_value(e.rule) WHEN 'incidents_counted' THEN count(DISTINCT word) WHEN 'visits_counted' THEN count(*)
        ELSE CASE WHEN count(*) FILTER (here AND number IS NULL) = 0 THEN coalesce(fsum(number ORDER BY place) FILTER (here), 0) END END AS number
FROM exception x JOIN element e USING (element) GROUP BY element, child, silo, year;

-- Rows of another kind say at least that the system knows the child.
CREATE VIEW source_exception AS
SELECT x.* EXCLUDE (here, word, number), CASE WHEN here THEN 'Counted' ELSE 'Lists the child' END AS why
FROM exception x JOIN exception_count c USING (element, child, silo, year) WHERE here OR c.rows = 0;

-- What a table of exceptions tells of all children together.
CREATE VIEW told_row AS
SELECT 'incident' AS tbl, silo, school_id, year, link, child FROM fact_incident WHERE year IN (FROM year)
UNION ALL SELECT 'discipline_action', silo, school_id, year, link, child FROM fact_discipline_action WHERE year IN (FROM year)
UNION ALL SELECT 'health_visit', silo, school_id, year, link, child FROM fact_health_visit WHERE year IN (FROM year);

CREATE TABLE told AS  -- A year is spoilt where a row is about nobody whom another system knows.
SELECT tbl, silo, year, bool_or(child IS NULL OR known < 2) AS spoilt
FROM told_row LEFT JOIN (SELECT child, count(DISTINCT silo) AS known FROM record_link GROUP BY ALL) USING (child) GROUP BY ALL;

CREATE TABLE reporting AS SELECT DISTINCT tbl, silo, school_id, year FROM told_row WHERE school_id IS NOT NULL;

CREATE TABLE listed AS  -- Whom each system lists itself: by a spell, or on the day for which it speaks.
SELECT silo, child, year, link, band, 'school_enrollment' AS by, place, file, row FROM fact_school_enrollment
WHERE child IS NOT NULL AND year IN (FROM year)
UNION ALL
SELECT p.silo, p.child, d.year, p.link, p.band, 'people', p.place, NULL, NULL
FROM person p JOIN day_year d ON d.day = p.as_of::DATE WHERE d.year IN (FROM year);

CREATE TABLE doubtful AS  -- A record that nobody else knows and that its system doesn't list may be just this child's.
WITH left_over AS (
    SELECT DISTINCT r.tbl, r.silo, r.link, r.child FROM told_row r
    WHERE r.child IS NOT NULL AND r.child IN (SELECT child FROM record_link GROUP BY child HAVING count(DISTINCT silo) < 2)
      AND NOT EXISTS (FROM listed l JOIN told t ON t.silo = l.silo AND t.year = l.year
                      WHERE l.child = r.child AND l.silo = r.silo AND t.tbl = r.tbl)
), name AS (
    UNPIVOT (SELECT link, silo, lower(first_name) AS first_name, lower(last_surname) AS last_surname, lower(full_name) AS full_name,
                    birth_date::DATE::VARCHAR AS birth_date FROM person)
    ON first_name, last_surname, full_name, birth_date INTO NAME kind VALUE word
)
SELECT DISTINCT l.tbl, n.link FROM left_over l JOIN name o ON o.link = l.link
JOIN name n ON n.silo = l.silo AND n.kind = o.kind AND n.word = o.word;

CREATE TABLE covered AS
SELECT t.tbl, l.silo, l.child, l.year, l.link, l.band, l.by, l.place, l.file, l.row, l.link AS row_link, 'own' AS how
FROM listed l JOIN told t ON t.silo = l.silo AND t.year = l.year ANTI JOIN doubtful d ON d.link = l.link AND d.tbl = t.tbl
UNION ALL  -- Or another system, which numbers schools alike, enrols it at a school that reports here.
SELECT r.tbl, r.silo, f.child, f.year, NULL, f.band, 'school_enrollment', f.place, f.file, f.row, f.link, 'elsewhere'
FROM (
    SELECT n.tbl, n.silo, s.silo AS other
    FROM (SELECT DISTINCT tbl, silo, school_id FROM reporting) n
    CROSS JOIN (SELECT DISTINCT silo FROM fact_school_enrollment WHERE child IS NOT NULL) s
    LEFT JOIN (SELECT DISTINCT silo, school_id FROM fact_school_enrollment WHERE child IS NOT NULL AND year IN (FROM year)) a
        ON a.silo = s.silo AND a.school_id = n.school_id
    WHERE s.silo <> n.silo GROUP BY ALL HAVING count(a.school_id) >= 0.5 * count(*)
) alike JOIN reporting r ON r.tbl = alike.tbl AND r.silo = alike.silo
JOIN told t ON t.tbl = r.tbl AND t.silo = r.silo AND t.year = r.year AND NOT t.spoilt
JOIN fact_school_enrollment f ON f.silo = alike.other AND f.school_id = r.school_id AND f.year = r.year
WHERE f.child IS NOT NULL;

CREATE TABLE silent AS
SELECT e.element, c.* FROM covered c JOIN element e ON e.tbl = c.tbl
ANTI JOIN exception_count x ON x.element = e.element AND x.child = c.child AND x.silo = c.silo AND x.year = c.year
WHERE c.how = 'own' OR e.rule <> 'visits_counted';

CREATE VIEW source_silence AS SELECT element, "by" AS tbl, 'Lists the child' AS why, child, silo, year, row_link AS link, band, place, file, row FROM silent;

CREATE VIEW counted_exception AS
FROM exception_count
UNION ALL BY NAME
SELECT element, child, silo, year, CASE WHEN min(link) = max(link) THEN min(link) END AS link, max(band) AS band, 0 AS rows, 0 AS number
FROM silent GROUP BY element, child, silo, year;
