-- What all rules find: a value of a child (and year) as one system has it, with the row behind it where it is one. Counts
-- and sums are as of the day of their record, else of their system.
CREATE TABLE found AS
WITH counted AS (
    FROM counted_identifier UNION ALL BY NAME FROM counted_sum UNION ALL BY NAME FROM counted_exception
), every AS (
    FROM found_person UNION ALL BY NAME FROM found_school UNION ALL BY NAME FROM found_attendance UNION ALL BY NAME FROM found_latest
    UNION ALL BY NAME FROM found_growth UNION ALL BY NAME
    SELECT c.*, coalesce(l.as_of, d.as_of) AS as_of
    FROM counted c LEFT JOIN record_link l USING (link) LEFT JOIN silo_as_of d ON d.silo = c.silo
)
SELECT element, child, silo, year::SMALLINT AS year, link::INT AS link, band, file, row::BIGINT AS row, rows::BIGINT AS rows, begin_date, as_of,
    recent, number::DOUBLE AS number, word, doubtful, other, not_applicable
FROM every;
