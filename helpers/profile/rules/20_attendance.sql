-- From absence records to days. Attendance systems send exceptions only: a child was at school on all other days on
-- which her school was held and she was enrolled. Where calendar or enrollment is missing there is no day, and no rate.

-- Schools with a calendar, in its order; and the days on which they were held (so named, and not named otherwise too).
CREATE TABLE school AS
SELECT row_number() OVER (ORDER BY min(place))::INT AS school, silo, school_id
FROM raw_calendar WHERE silo IS NOT NULL AND school_id IS NOT NULL GROUP BY silo, school_id;

CREATE TABLE school_day AS
SELECT s.school, c.date::DATE AS day, any_value(d.year) AS year
FROM (SELECT *, coalesce(is_instructional, list_contains(getvariable('instructional'), calendar_event)) AS held FROM raw_calendar) c
JOIN school s USING (silo, school_id) JOIN day_year d ON d.day = c.date::DATE
WHERE held IS NOT NULL AND c.date::DATE BETWEEN DATE '1970-01-01' AND DATE '2134-04-11'
GROUP BY s.school, c.date::DATE HAVING bool_and(held);

-- Events, by their school if it has a calendar (0: it has none).
CREATE TABLE attendance_mark AS
SELECT e.place, e.file, e.row, e.link, e.child, e.silo, e.band, e.year, e.date, e.section_id IS NULL AS whole_day,
    CASE WHEN e.school_id IS NOT NULL THEN coalesce(s.school, 0) END AS school,
    CASE WHEN e.date::DATE BETWEEN DATE '1970-01-01' AND DATE '2134-04-11' THEN e.date::DATE END AS day,
    coalesce(w.rank, 2)::UTINYINT AS rank, coalesce(w.absent, false) AS absent, coalesce(w.tardy, false) AS tardy
FROM fact_attendance_event e LEFT JOIN school s USING (silo, school_id)
LEFT JOIN attendance_status w ON w.word = e.attendance_event_category;

-- As of which day a system's export speaks: as it says itself, else its newest event but for a few strays.
CREATE TABLE reach AS
WITH noted AS (
    SELECT m.silo, m.day, count(*) AS events FROM attendance_mark m SEMI JOIN school_day d USING (school, day) GROUP BY ALL
), gap AS (
    SELECT silo, day, date_diff('day', day, lead(day) OVER w) AS pause,
        sum(events) OVER (PARTITION BY silo) AS total, sum(events) OVER (PARTITION BY silo ORDER BY day) AS so_far
    FROM noted WINDOW w AS (PARTITION BY silo ORDER BY day)
)
SELECT silo, coalesce(own.day, events.day) AS day
FROM silo LEFT JOIN (SELECT p.silo, max(p.as_of)::DATE AS day FROM raw_people p WHERE p.link IS NOT NULL GROUP BY ALL) own USING (silo)
LEFT JOIN (SELECT silo, coalesce(min(day) FILTER (pause > 21 AND total - so_far <= 0.01 * total), max(day)) AS day
           FROM gap GROUP BY silo) events USING (silo);

-- Enrollment, cut into disjoint pieces a record and school. An open end is that of the school year, and no piece reaches
-- past the day as of which the export speaks.
CREATE TABLE piece AS
WITH bounds AS (SELECT school, year, min(day) AS first, max(day) AS last FROM school_day GROUP BY ALL),
cut AS (
    SELECT f.link, f.child, f.silo, f.band, s.school, f.file, f.row, f.place, r.day IS NOT NULL AS known,
        CASE WHEN f.begin_date::DATE BETWEEN DATE '1970-01-01' AND DATE '2134-04-11' THEN f.begin_date::DATE ELSE b.first END AS begins,
        least(CASE WHEN f.end_date IS NULL OR f.end_date::DATE > DATE '2134-04-11' THEN coalesce(b.last, DATE '2134-04-11')
                   ELSE f.end_date::DATE END, r.day) AS ends
    FROM fact_school_enrollment f JOIN school s USING (silo, school_id)
    SEMI JOIN school_day d USING (school)
    LEFT JOIN bounds b ON b.school = s.school AND b.year = f.school_year
    LEFT JOIN reach r ON r.silo = f.silo
    WHERE f.child IS NOT NULL
)
SELECT row_number() OVER (ORDER BY link, school, begins, place)::INT AS piece, * REPLACE (
    greatest(begins, max(ends) OVER (PARTITION BY link, school ORDER BY begins, place
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1) AS begins)
FROM cut WHERE begins <= ends;

-- Events find the piece of enrollment on whose day they lie: by their school, or where they name none, by the record alone.
CREATE TABLE placed AS
WITH hit AS (
    SELECT m.*, p.piece, p.school AS at_school
    FROM (FROM attendance_mark WHERE school > 0 AND whole_day AND link IS NOT NULL) m
    LEFT JOIN piece p ON m.link = p.link AND m.school = p.school AND m.day BETWEEN p.begins AND p.ends
    UNION ALL
    SELECT m.*, CASE WHEN m.day <= p.ends THEN p.piece END, p.school
    FROM (FROM attendance_mark WHERE school IS NULL AND whole_day AND link IS NOT NULL) m
    ASOF LEFT JOIN (FROM piece QUALIFY piece = max(piece) OVER (PARTITION BY link, begins)) p ON m.link = p.link AND m.day >= p.begins
    UNION ALL
    SELECT *, NULL, NULL FROM attendance_mark WHERE (school = 0 OR NOT whole_day) AND link IS NOT NULL
)
SELECT h.* EXCLUDE (piece, at_school), CASE WHEN d.day IS NOT NULL THEN h.piece END AS piece,
    d.day IS NULL AND whole_day AND h.day IS NOT NULL
    AND h.silo IN (SELECT silo FROM raw_school_enrollment WHERE record IS NOT NULL)
    AND (h.school IN (SELECT school FROM school_day) OR (h.school IS NULL AND h.link IN (SELECT link FROM piece))) AS out_of_place
FROM hit h LEFT JOIN school_day d ON h.piece IS NOT NULL AND d.school = h.at_school AND d.day = h.day;

-- The days of a year as bits, one a day: those of each school; those since, and up to, each day; those of each piece of
-- enrollment on which the system can say whether the child was there (an unknown mark leaves a day unknown).
CREATE TABLE year_day AS
WITH bounds AS (SELECT year, min(day) AS first, max(day) AS last FROM school_day JOIN year USING (year) GROUP BY ALL)
SELECT year, first, last, last - first + 1 AS days FROM bounds;

SET VARIABLE days_of_a_year = (SELECT coalesce(max(days), 1)::INT FROM year_day);

CREATE TABLE school_bits AS
SELECT school, year, min(day) AS first, max(day) AS last,
    bitstring_agg((day - y.first)::INT, 0, getvariable('days_of_a_year') - 1) AS held
FROM school_day d JOIN year_day y USING (year) GROUP BY school, year;

CREATE TABLE day_bits AS
SELECT year, (first + n::INT)::DATE AS day,
    (repeat('0', n) || repeat('1', getvariable('days_of_a_year') - n))::BIT AS since,
    (repeat('1', n + 1) || repeat('0', getvariable('days_of_a_year') - n - 1))::BIT AS until
FROM (SELECT year, first, unnest(range(days)) AS n FROM year_day);

CREATE TABLE piece_year AS
WITH unknown AS (
    SELECT piece, y.year, ~bitstring_agg((day - y.first)::INT, 0, getvariable('days_of_a_year') - 1) AS known
    FROM (SELECT DISTINCT piece, day FROM placed WHERE piece IS NOT NULL AND rank = 2) ANTI JOIN (FROM placed WHERE rank > 2) USING (piece, day)
    JOIN day_year USING (day) JOIN year_day y USING (year) GROUP BY ALL
), held AS MATERIALIZED (
    SELECT p.*, b.year, b.held, greatest(p.begins, b.first) AS from_day, least(p.ends, b.last) AS to_day
    FROM piece p JOIN school_bits b ON b.school = p.school AND b.first <= p.ends AND b.last >= p.begins WHERE p.known
)
SELECT p.piece, p.child, p.silo, p.year, p.link, p.band, p.place, p.file, p.row,
    CASE WHEN u.piece IS NULL THEN p.held & s.since & t.until ELSE p.held & s.since & t.until & u.known END AS bits
FROM held p
JOIN day_bits s ON s.year = p.year AND s.day = p.from_day JOIN day_bits t ON t.year = p.year AND t.day = p.to_day
LEFT JOIN unknown u ON u.piece = p.piece AND u.year = p.year
WHERE bit_count(bits) > 0;

-- Each day of a child once, by the most certain mark that any school or record of the system gives it.
CREATE TABLE attendance_year AS
WITH marked AS (
    SELECT m.child, m.silo, m.day, any_value(d.year) AS year, max(m.rank) AS rank
    FROM placed m JOIN day_year d USING (day)
    WHERE m.piece IS NOT NULL AND m.rank > 2 AND m.silo IN (SELECT silo FROM reach WHERE day IS NOT NULL) GROUP BY m.child, m.silo, m.day
), missed AS (
    SELECT child, silo, year, count(*) FILTER (s.absent) AS absent, count(*) FILTER (s.tardy) AS tardy
    FROM marked JOIN (SELECT DISTINCT rank, absent, tardy FROM attendance_status) s USING (rank) GROUP BY ALL
), whole AS (
    SELECT child, silo, year, bit_or(bits) AS bits, CASE WHEN min(link) = max(link) THEN min(link) END AS link, max(band) AS band,
        count(*) AS periods
    FROM piece_year GROUP BY ALL
)
SELECT w.* EXCLUDE (bits), bit_count(w.bits) AS enrolled, coalesce(m.absent, 0) AS absent, coalesce(m.tardy, 0) AS tardy,
    (y.first + (bit_position('1'::BIT, w.bits) - 1)::INT)::TIMESTAMP AS begin_date,
    (y.first + (bit_length(w.bits) - position('1' IN reverse(w.bits::VARCHAR)))::INT)::TIMESTAMP AS as_of
FROM whole w JOIN year_day y USING (year) LEFT JOIN missed m USING (child, silo, year);

-- Where nothing tells which days there were: the events themselves.
CREATE TABLE recorded AS
FROM placed p ANTI JOIN attendance_year a USING (child, silo, year)
WHERE piece IS NULL AND NOT out_of_place AND year IN (FROM year) AND date IS NOT NULL AND whole_day;

-- Lineage: the enrollment periods that made the days, and the events among them.
CREATE VIEW attendance_source AS
SELECT 'school_enrollment' AS tbl, 'all' AS why, child, silo, year, link, band, place, file, row FROM piece_year
UNION ALL BY NAME
SELECT 'attendance_event' AS tbl, CASE WHEN absent THEN 'absent' WHEN tardy THEN 'tardy' ELSE 'event' END AS why,
    child, silo, year, link, band, place, file, row
FROM (FROM placed p SEMI JOIN attendance_year a USING (child, silo, year) WHERE piece IS NOT NULL
      UNION ALL BY NAME FROM recorded WHERE absent OR tardy);

CREATE VIEW found_attendance AS
WITH events AS (
    SELECT child, silo, year, count(*) AS every, count(*) FILTER (absent) AS absent, count(*) FILTER (tardy) AS tardy
    FROM placed WHERE piece IS NOT NULL GROUP BY ALL
), value AS (
    SELECT a.*, a.periods + coalesce(v.every, 0) AS every, coalesce(v.absent, 0) AS absences, coalesce(v.tardy, 0) AS late
    FROM attendance_year a LEFT JOIN events v USING (child, silo, year)
), without_days AS (  -- Without days that are known there is no zero: only what was recorded.
    SELECT child, silo, year, CASE WHEN min(link) = max(other) THEN min(link) END AS link, max(band) AS band,
        count(*) FILTER (missed) AS absent, sum(absences) AS absences, sum(late) AS late, count(*) FILTER (late > 0 AND NOT missed) AS tardy,
        min(date) AS begin_date, max(date) AS as_of
    FROM (SELECT child, silo, year, date, min(link) AS link, max(link) AS other, max(band) AS band, bool_or(absent) AS missed,
              count(*) FILTER (absent) AS absences, count(*) FILTER (tardy) AS late FROM recorded GROUP BY child, silo, year, date)
    GROUP BY child, silo, year
)
SELECT e.element, v.child, v.silo, v.year, v.link, v.band, v.begin_date, v.as_of,
    CASE e.column WHEN 'absent' THEN absences WHEN 'tardy' THEN late ELSE every END AS rows,
    CASE WHEN e.rule = 'attendance_rate' THEN (enrolled - absent) / enrolled
         WHEN e.rule = 'chronically_absent' THEN (absent >= round(enrolled * getvariable('chronic_share'), 9))::INT
         ELSE CASE e.column WHEN 'enrolled' THEN enrolled WHEN 'present' THEN enrolled - absent WHEN 'absent' THEN absent ELSE tardy END
    END AS number,
    e.rule = 'chronically_absent' AND enrolled < getvariable('chronic_days') AS not_applicable
FROM value v JOIN element e ON e.rule IN ('attendance_count', 'attendance_rate', 'chronically_absent')
UNION ALL BY NAME
SELECT e.element, r.child, r.silo, r.year, r.link, r.band, r.begin_date, r.as_of,
    CASE e.column WHEN 'absent' THEN absences ELSE late END AS rows,
    CASE e.column WHEN 'absent' THEN absent ELSE tardy END AS number
FROM without_days r JOIN element e ON e.column IN ('absent', 'tardy') AND e.rule = 'attendance_count'
WHERE CASE e.column WHEN 'absent' THEN absent ELSE tardy END > 0;
