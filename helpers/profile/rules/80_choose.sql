-- One value a child, element and year: what says something, the surest link, an undoubted date, the most trusted system,
-- the newest, what another system confirms. And whether the systems agree.
INSERT INTO found BY NAME
SELECT c.*, coalesce(l.as_of, d.as_of) AS as_of FROM counted c LEFT JOIN record_link l USING (link) LEFT JOIN silo_as_of d ON d.silo = c.silo;


-- Only where several values compete for a cell is there anything to put in order.
CREATE TABLE contested AS
SELECT cell FROM (SELECT cell_of(child, element, year) AS cell FROM found) GROUP BY cell HAVING count(*) > 1;

CREATE TABLE rival AS
SELECT f.rowid AS id, c.cell, f.element, f.silo, f.band, f.doubtful, coalesce(f.recent, f.as_of)::DATE AS recent,
    f.begin_date::DATE AS begun, l.record, f.file, f.row, f.other, e.compare, t.rank AS trust,
    text_of(f.number, f.word, f.not_applicable, e.type, e.unit) AS text, status_of(f.not_applicable, text) AS status
FROM found f JOIN contested c ON c.cell = cell_of(f.child, f.element, f.year) JOIN element e USING (element)
JOIN trust t ON t.element = f.element AND t.silo = f.silo LEFT JOIN record_link l ON l.link = f.link;

-- Systems that use the same codes: at least half of those of the smaller are also those of the other.
CREATE TABLE code_group AS
WITH RECURSIVE code AS (
    SELECT DISTINCT element, silo, word AS text FROM found JOIN element e USING (element) WHERE e.compare = 'codes' AND word IS NOT NULL
),
size AS (SELECT element, silo, count(*) AS codes FROM code GROUP BY ALL),
alike AS (
    SELECT a.element, a.silo AS one, b.silo AS other FROM code a JOIN code b USING (element, text)
    JOIN size s ON s.element = a.element AND s.silo = a.silo JOIN size o ON o.element = b.element AND o.silo = b.silo
    GROUP BY ALL HAVING count(*) >= 0.5 * least(any_value(s.codes), any_value(o.codes))
),
reached AS (
    SELECT element, one AS silo, other FROM alike
    UNION SELECT r.element, r.silo, a.other FROM reached r JOIN alike a ON a.element = r.element AND a.one = r.other
)
SELECT element, silo, min(other) AS part FROM reached GROUP BY ALL;

-- Spelling alone is no difference: each word is folded once.
CREATE TABLE folded_word AS
SELECT text, folded(text) AS word FROM (SELECT DISTINCT text FROM rival WHERE compare = 'folded' AND status = 'Reported');

CREATE TABLE about AS
SELECT r.id, r.cell, r.silo, g.part, CASE WHEN r.compare = 'folded' THEN w.word ELSE r.text END AS word, r.other
FROM rival r LEFT JOIN folded_word w ON r.compare = 'folded' AND w.text = r.text
LEFT JOIN code_group g ON r.compare = 'codes' AND g.element = r.element AND g.silo = r.silo
WHERE r.status = 'Reported';

CREATE TABLE agreed AS
WITH several AS (
    SELECT cell, part, min(word) = max(word) AND count(other) = 0 AS alike FROM about GROUP BY cell, part HAVING min(silo) <> max(silo)
), every AS (
    SELECT a.*, s.alike FROM about a JOIN several s ON s.cell = a.cell AND s.part IS NOT DISTINCT FROM a.part
), open AS (FROM every WHERE NOT alike
), stated AS (  -- A date whose day and month may be exchanged agrees by whichever reading another system has.
    SELECT o.id, o.cell, o.part, o.silo, CASE WHEN o.other IS NOT NULL
        AND EXISTS (FROM open a WHERE a.cell = o.cell AND a.part IS NOT DISTINCT FROM o.part AND a.word = o.other)
        AND NOT EXISTS (FROM open a WHERE a.cell = o.cell AND a.part IS NOT DISTINCT FROM o.part AND a.word = o.word AND a.silo <> o.silo)
        THEN o.other ELSE o.word END AS word
    FROM open o
), distinctly AS (SELECT DISTINCT cell, part, silo, word FROM stated)
SELECT id, true AS agrees FROM every WHERE alike
UNION ALL
SELECT s.id, count(d.silo) = 0 FROM stated s
LEFT JOIN distinctly d ON d.cell = s.cell AND d.part IS NOT DISTINCT FROM s.part AND d.silo <> s.silo AND d.word <> s.word GROUP BY s.id;

CREATE TABLE ranked AS
SELECT r.id, r.cell, CASE WHEN r.band <= 'Alone' THEN 'Alone' ELSE r.band END AS surest, r.doubtful, r.trust, r.recent, a.agrees, r.begun,
    row_number() OVER (PARTITION BY r.cell ORDER BY r.status, surest NULLS LAST, r.doubtful, r.trust, r.recent DESC NULLS LAST,
        a.agrees IS NOT true, r.begun DESC NULLS LAST, r.record NULLS LAST, r.file NULLS LAST, r.row NULLS LAST)::USMALLINT AS place
FROM rival r LEFT JOIN agreed a USING (id);

-- By which step the chosen value comes before the best of those that state otherwise.
CREATE TABLE reason AS
WITH worded AS (SELECT k.*, a.word FROM ranked k JOIN about a USING (id)),
best AS (SELECT * FROM worded WHERE place = 1),
otherwise AS (
    SELECT b.id, arg_min({surest: w.surest, doubtful: w.doubtful, trust: w.trust, recent: w.recent, agrees: w.agrees IS true,
                          begun: w.begun}, w.place) AS other
    FROM best b JOIN worded w ON w.cell = b.cell AND w.word <> b.word GROUP BY b.id
)
SELECT b.id, CASE WHEN o.id IS NULL THEN if(n.stated > 1, 'All agree', 'Only one')
        WHEN b.surest IS DISTINCT FROM other.surest THEN 'Surest tie' WHEN b.doubtful <> other.doubtful THEN 'Undoubted date'
        WHEN b.trust <> other.trust THEN 'Trusted most' WHEN b.recent IS DISTINCT FROM other.recent THEN 'Newest'
        WHEN (b.agrees IS true) <> other.agrees THEN 'Confirmed' WHEN b.begun IS DISTINCT FROM other.begun THEN 'Begins last'
        ELSE 'First record' END::reason_name AS chosen_by
FROM best b JOIN (SELECT cell, count(*) AS stated FROM about GROUP BY cell) n USING (cell) LEFT JOIN otherwise o USING (id);

-- Table `values`, without rows for what nobody reports; the best of a cell first.
CREATE TABLE said AS
WITH last AS (SELECT max(newest_day)::DATE AS day FROM silo)
SELECT f.child, f.year AS school_year, f.element, text_of(f.number, f.word, f.not_applicable, e.type, e.unit) AS value,
    CASE WHEN f.not_applicable IS NOT true THEN f.number END AS value_number, status_of(f.not_applicable, value) AS status, f.silo, l.record, f.file, f.row, f.rows,
    f.begin_date, f.as_of, f.band AS link_band, coalesce(k.place, 1) = 1 AS chosen, k.agrees,
    CASE WHEN chosen AND status = 'Reported' THEN coalesce(r.chosen_by, 'Only one') END AS chosen_by,
    CASE WHEN chosen AND status = 'Reported' AND coalesce(f.as_of, s.newest_day) IS NOT NULL
        THEN greatest(last.day - coalesce(f.as_of, s.newest_day)::DATE, 0) END AS days_old,
    days_old <= e.days_until_stale AS fresh, coalesce(k.place, 1) AS place
FROM found f JOIN element e USING (element) JOIN silo s ON s.silo = f.silo CROSS JOIN last LEFT JOIN record_link l ON l.link = f.link
LEFT JOIN ranked k ON k.id = f.rowid LEFT JOIN reason r ON r.id = f.rowid
ORDER BY f.child, f.element, f.year NULLS FIRST, coalesce(k.place, 1);
