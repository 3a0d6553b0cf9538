-- From every value to the rows of which it was made, or by which a zero is known to be one.
CREATE VIEW lineage AS
SELECT e.element, s.child, s.year AS school_year, s.silo AS reported_by, s.tbl, l.silo, l.record, s.file, s.row,
    CASE WHEN s.tbl = 'school_enrollment' AND e.column IN ('absent', 'tardy') THEN 'Lists the child' ELSE 'Counted' END AS why
FROM attendance_source s JOIN element e ON e.rule IN ('attendance_count', 'attendance_rate', 'chronically_absent')
JOIN found f ON f.element = e.element AND f.child = s.child AND f.silo = s.silo AND f.year = s.year
LEFT JOIN record_link l ON l.link = s.link
WHERE coalesce(e.column, '') NOT IN ('absent', 'tardy') OR s.why = e.column OR (s.tbl = 'school_enrollment' AND f.rows = 0);
