-- One value a child, element and year: what says something, the surest link, an undoubted date, the most trusted system,
-- the newest, what another system confirms. And whether the systems agree.
-- Only where several values compete for a cell is there anything to put in order.
CREATE TABLE contested AS
SELECT cell FROM (SELECT cell_of(child, element, year) AS cell FROM found) GROUP BY cell HAVING count(*) > 1;

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
SELECT element, silo, enum_code(min(other))::INT + 1 AS part FROM reached GROUP BY ALL;

-- Spelling alone is no difference: each word is folded once.
CREATE TABLE folded_word AS
SELECT text, folded(text) AS folded
FROM (SELECT DISTINCT word AS text FROM found SEMI JOIN (FROM element WHERE compare = 'folded') e USING (element) WHERE word IS NOT NULL);

CREATE TABLE rival AS
SELECT f.rowid AS id, c.cell, c.cell * 1024 + coalesce(g.part, 0) AS about, f.silo, f.other, f.row, l.record,
    enum_code(f.file) AS file,
    text_of(f.number, f.word, f.not_applicable, e.type, e.unit) AS value, status_of(f.not_applicable, value) AS status,
    coalesce(w.folded, value) AS word,
    step_of(f.band, f.doubtful, t.rank, coalesce(f.recent, f.as_of), f.begin_date) AS step
FROM found f JOIN contested c ON c.cell = cell_of(f.child, f.element, f.year) JOIN element e USING (element)
JOIN trust t ON t.element = f.element AND t.silo = f.silo LEFT JOIN record_link l ON l.link = f.link
LEFT JOIN folded_word w ON e.compare = 'folded' AND w.text = f.word
LEFT JOIN code_group g ON e.compare = 'codes' AND g.element = f.element AND g.silo = f.silo;

-- What several systems say about one thing: do they all say the same?
CREATE TABLE several AS
SELECT about, min(word) = max(word) AND count(other) = 0 AS alike FROM rival WHERE status = 'Reported'
GROUP BY about HAVING min(silo) <> max(silo);

CREATE TABLE differing AS
WITH open AS (
    SELECT r.id, r.about, r.silo, r.word, r.other FROM rival r SEMI JOIN (FROM several WHERE NOT alike) s USING (about) WHERE r.status = 'Reported'
), stated AS (  -- A date whose day and month may be exchanged agrees by whichever reading another system has.
    SELECT o.id, o.about, o.silo, CASE WHEN o.other IS NOT NULL
        AND EXISTS (FROM open a WHERE a.about = o.about AND a.word = o.other)
        AND NOT EXISTS (FROM open a WHERE a.about = o.about AND a.word = o.word AND a.silo <> o.silo)
        THEN o.other ELSE o.word END AS word
    FROM open o
), distinctly AS (SELECT DISTINCT about, silo, word FROM stated)
SELECT s.id, count(d.silo) = 0 AS agrees FROM stated s
LEFT JOIN distinctly d ON d.about = s.about AND d.silo <> s.silo AND d.word <> s.word GROUP BY s.id;

-- In the order of the steps, the best of a cell first; of equals the first record.
CREATE TABLE ranked AS
SELECT r.id, r.cell, r.status, r.word, CASE WHEN r.status = 'Reported' AND s.about IS NOT NULL THEN coalesce(d.agrees, true) END AS agrees,
    r.step + CASE WHEN r.status = 'Reported' AND s.about IS NOT NULL AND coalesce(d.agrees, true) THEN 0 ELSE unconfirmed() END AS step
FROM rival r LEFT JOIN several s USING (about) LEFT JOIN differing d USING (id)
ORDER BY r.cell, r.status, 6, r.record NULLS LAST, r.file NULLS LAST, r.row NULLS LAST;

-- By which step the chosen value comes before the best of those that state otherwise.
CREATE TABLE best AS
WITH first AS (SELECT cell, min(rowid) AS place, count(*) FILTER (status = 'Reported') AS stated, min(word) = max(word) AS alike FROM ranked GROUP BY cell),
shown AS (SELECT k.id, k.cell, k.status, k.word, k.step, f.stated, f.alike FROM first f JOIN ranked k ON k.rowid = f.place),
otherwise AS (
    SELECT s.id, arg_min(k.step, k.rowid) AS step FROM (FROM shown WHERE NOT alike) s
    JOIN ranked k ON k.cell = s.cell AND k.status = 'Reported' AND k.word <> s.word GROUP BY s.id
)
SELECT s.id, CASE WHEN s.status <> 'Reported' THEN NULL WHEN o.id IS NULL THEN if(s.stated > 1, 'All agree', 'Only one')
    ELSE reason_of(s.step, o.step) END::reason_name AS chosen_by
FROM shown s LEFT JOIN otherwise o USING (id);

-- Table `values`, without rows for what nobody reports.
CREATE VIEW said AS
WITH last AS (SELECT max(newest_day)::DATE AS day FROM silo)
SELECT f.child, f.year AS school_year, f.element, text_of(f.number, f.word, f.not_applicable, e.type, e.unit) AS value,
    CASE WHEN f.not_applicable IS NOT true THEN f.number END AS value_number, e.unit, status_of(f.not_applicable, value) AS status,
    f.silo, l.record, f.file, f.row, f.rows, f.begin_date, f.as_of, f.band AS link_band, k.id IS NULL OR b.id IS NOT NULL AS chosen, k.agrees,
    e.rule, CASE WHEN k.id IS NOT NULL THEN b.chosen_by WHEN value IS NOT NULL THEN 'Only one' END::reason_name AS chosen_by,
    CASE WHEN chosen AND value IS NOT NULL THEN greatest(last.day - coalesce(f.as_of, s.newest_day)::DATE, 0 * (last.day - coalesce(f.as_of, s.newest_day)::DATE)) END AS days_old,
    days_old <= e.days_until_stale AS fresh, cell_of(f.child, f.element, f.year) AS cell, coalesce(k.rowid, 0) AS place
FROM found f JOIN element e USING (element) JOIN silo s ON s.silo = f.silo CROSS JOIN last LEFT JOIN record_link l ON l.link = f.link
LEFT JOIN ranked k ON k.id = f.rowid LEFT JOIN best b ON b.id = f.rowid;
