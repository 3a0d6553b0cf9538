-- What holds for the district as a whole: the years its systems report on, and whose each record is.

-- An undated row belongs to the year of its export's day, at most the newest year of its system.
CREATE TABLE newest_year AS
SELECT silo, coalesce(max(y.year), (SELECT max(year) FROM year)) AS year
FROM silo LEFT JOIN silo_year y USING (silo) GROUP BY silo;

CREATE TABLE silo_as_of AS SELECT silo, max(as_of) AS as_of FROM raw_people GROUP BY silo;

-- Record links: the child of every record, how sure the link is, and the day as of which the record speaks.
CREATE TABLE record_link AS
SELECT c.link, c.silo, c.record, c.child, c.band, coalesce(p.as_of, d.as_of) AS as_of
FROM raw_crosswalk c LEFT JOIN raw_people p ON p.link = c.link LEFT JOIN silo_as_of d ON d.silo = c.silo;

CREATE TABLE class_year AS
SELECT s.silo, s.section_id, arg_min(e.school_year, s.place) AS year
FROM raw_section s JOIN raw_session e ON e.silo = s.silo AND e.session_id = split_part(s.session_id, ';', 1)
GROUP BY ALL;
