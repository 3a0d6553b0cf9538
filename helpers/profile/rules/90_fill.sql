-- Three kinds of nothing: a system that has the element knows the child and says nothing (Empty), no such system has a
-- record of the child (Not linked), or no system has the element in that year (Not collected).
CREATE TABLE holder AS
SELECT h.element, h.school_year, h.silo, t.rank AS trust
FROM (SELECT DISTINCT element, year AS school_year, silo FROM found WHERE not_applicable OR number IS NOT NULL OR word IS NOT NULL) h JOIN trust t USING (element, silo);

CREATE TABLE first_record AS
SELECT child, silo, min(record) AS record, arg_min(band, record) AS link_band FROM record_link GROUP BY ALL;

-- Children whom the same systems know lack a value for the same reason: it is sought once for each such set.
CREATE TABLE known_to AS
SELECT child, dense_rank() OVER (ORDER BY silos)::INT AS known FROM (SELECT child, list(silo ORDER BY silo) AS silos FROM first_record GROUP BY child);

CREATE TABLE why_not AS
WITH cell AS (
    SELECT e.element, y.year AS school_year FROM element e, (FROM year UNION ALL SELECT NULL) y WHERE (e.per = 'child') = (y.year IS NULL)
), best AS (SELECT element, school_year, arg_min(silo, trust) AS silo FROM holder GROUP BY ALL
), heard AS (
    SELECT s.known, h.element, h.school_year, arg_min(h.silo, h.trust) AS silo
    FROM holder h JOIN (SELECT DISTINCT k.known, r.silo FROM known_to k JOIN first_record r USING (child)) s USING (silo) GROUP BY ALL
)
SELECT k.known, c.element, c.school_year, coalesce(h.silo, b.silo) AS silo, e.unit, e.rule,
    (CASE WHEN h.silo IS NOT NULL THEN 'Empty' WHEN b.silo IS NOT NULL THEN 'Not linked' ELSE 'Not collected' END)::status_name AS status
FROM (SELECT DISTINCT known FROM known_to) k CROSS JOIN cell c JOIN element e ON e.element = c.element
LEFT JOIN heard h ON h.known = k.known AND h.element = c.element AND h.school_year IS NOT DISTINCT FROM c.school_year
LEFT JOIN best b ON b.element = c.element AND b.school_year IS NOT DISTINCT FROM c.school_year;

CREATE VIEW filled AS
SELECT child, school_year, element, value, value_number, status, silo, record, file, row, rows, begin_date, as_of, link_band,
    unit, rule, chosen, agrees, chosen_by, days_old, fresh, cell, place FROM said
UNION ALL BY NAME
SELECT k.child, w.school_year, w.element, w.status, w.silo, CASE WHEN w.status = 'Empty' THEN r.record END AS record,
    CASE WHEN w.status = 'Empty' THEN r.link_band END AS link_band, w.unit, w.rule, true AS chosen, cell_of(k.child, w.element, w.school_year) AS cell, 0 AS place
FROM known_to k JOIN why_not w USING (known)
ANTI JOIN (SELECT DISTINCT cell_of(child, element, year) AS cell FROM found) s ON s.cell = cell_of(k.child, w.element, w.school_year)
LEFT JOIN first_record r ON r.child = k.child AND r.silo = w.silo;
