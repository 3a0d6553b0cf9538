-- From every value to the rows of which it was made, or by which a zero is known to be one.
CREATE VIEW lineage AS
WITH every AS (
    SELECT element, tbl, why, child, silo AS reported_by, year, link, file, row FROM source_growth
    UNION ALL SELECT element, tbl, why, child, silo, year, link, file, row FROM source_exception
    UNION ALL SELECT element, tbl, why, child, silo, year, link, file, row FROM source_silence
    UNION ALL SELECT element, tbl, 'Counted', child, silo, year, link, file, row FROM candidate
    UNION ALL SELECT element, tbl, 'Counted', child, silo, year, link, file, row FROM weighed
    UNION ALL
    SELECT e.element, s.tbl, CASE WHEN s.tbl = 'school_enrollment' AND e.column IN ('absent', 'tardy') THEN 'Lists the child' ELSE 'Counted' END,
        s.child, s.silo, s.year, s.link, s.file, s.row
    FROM attendance_source s JOIN element e ON e.rule IN ('attendance_count', 'attendance_rate', 'chronically_absent')
    JOIN found f ON f.element = e.element AND f.child = s.child AND f.silo = s.silo AND f.year = s.year
    WHERE coalesce(e.column, '') NOT IN ('absent', 'tardy') OR s.why = e.column OR (s.tbl = 'school_enrollment' AND f.rows = 0)
    UNION ALL
    SELECT a.element, CASE WHEN kind = 0 THEN 'school_enrollment' ELSE 'people' END, 'Counted', a.child, a.silo, a.year, a.link, f.file, f.row
    FROM at_school a LEFT JOIN fact_school_enrollment f ON a.kind = 0 AND f.link = a.link AND f.year = a.year
        AND CASE a.element WHEN 'school' THEN f.school_id ELSE f.grade_level END IS NOT NULL
    UNION ALL
    SELECT f.element, CASE e.rule WHEN 'identifier' THEN 'identifiers' ELSE 'people' END, 'Counted', f.child, f.silo, NULL, f.link, f.file, f.row
    FROM found f JOIN element e USING (element) WHERE e.rule IN ('person_field', 'identifier')
)
SELECT v.element, v.child, v.year AS school_year, v.reported_by, v.tbl, l.silo, l.record,
    CASE WHEN r.link IS NULL THEN v.file ELSE r.file END AS file, CASE WHEN r.link IS NULL THEN v.row ELSE r.row END AS row, v.why
FROM every v LEFT JOIN record_link l ON l.link = v.link LEFT JOIN raw_person_rows r ON v.tbl = 'people' AND r.link = v.link;
