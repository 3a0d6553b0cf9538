-- A record's newest row of a year is what its system says; all rows among which it was are behind it.
CREATE TABLE candidate AS
SELECT a.element, 'assessment_result'::table_name AS tbl, a.child, a.silo, a.year, a.link, a.band, a.place, a.file, a.row,
    a.administration_date AS day, a.result AS number
FROM asked_assessment_result a SEMI JOIN (FROM element WHERE rule = 'latest_result') e USING (element) WHERE a.result IS NOT NULL
UNION ALL
SELECT e.element, 'meal_account', f.child, f.silo, NULL, f.link, f.band, f.place, f.file, f.row, f.as_of, f.balance
FROM fact_meal_account f JOIN element e ON e.rule = 'latest_balance' WHERE f.child IS NOT NULL AND f.balance IS NOT NULL;

CREATE VIEW found_latest AS
SELECT c.element, c.child, c.silo, c.year, c.link, c.band, g.rows, c.file, c.row, c.number,
    CASE WHEN c.tbl = 'meal_account' THEN c.day ELSE coalesce(c.day, l.as_of) END AS as_of
FROM (SELECT count(*) AS rows, arg_max(rowid, newest(day, row, place)) AS hit FROM candidate GROUP BY element, link, year) g
JOIN candidate c ON c.rowid = g.hit JOIN record_link l ON l.link = c.link;

-- Growth: the latest result of a year less that of the same term of the year before.
CREATE TABLE term_result AS
SELECT a.element, a.child, a.silo, a.year, a.term,
    arg_max({link: a.link, band: a.band, place: a.place, file: a.file, row: a.row, result: a.result, day: a.administration_date},
            (coalesce(a.administration_date, TIMESTAMP '0001-01-01'), a.row, a.place)) AS hit
FROM asked_assessment_result a SEMI JOIN (FROM element WHERE rule = 'growth_in_a_year') e USING (element)
WHERE a.result IS NOT NULL AND a.term IS NOT NULL GROUP BY ALL;

CREATE TABLE growth AS
WITH latest AS (
    SELECT element, child, silo, year, arg_max({term: term, hit: hit}, (coalesce(hit.day, TIMESTAMP '0001-01-01'), hit.row, hit.place)) AS latest
    FROM term_result GROUP BY ALL
)
SELECT n.element, n.child, n.silo, n.year, n.latest.hit AS now, b.hit AS before
FROM latest n JOIN term_result b ON b.element = n.element AND b.child = n.child AND b.silo = n.silo AND b.year = n.year - 1 AND b.term = n.latest.term;

CREATE VIEW source_growth AS
SELECT element, 'assessment_result' AS tbl, 'Counted' AS why, child, silo, year, r.link, r.band, r.place, r.file, r.row
FROM (SELECT element, child, silo, year, now AS r FROM growth UNION ALL SELECT element, child, silo, year, before FROM growth);

CREATE VIEW found_growth AS
SELECT g.element, g.child, g.silo, g.year, now.link AS link, now.band AS band, 2 AS rows, now.file AS file, now.row AS row,
    now.result - before.result AS number, coalesce(now.day, l.as_of) AS as_of
FROM growth g JOIN record_link l ON l.link = now.link;
