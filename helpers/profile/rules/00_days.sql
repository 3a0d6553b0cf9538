-- School years: the sessions' own spans, and the year of every day. A school year turns on July 1 where no session
-- says otherwise; a session longer than 400 days is a typing error and would swallow the years next to it.
CREATE TABLE span AS
SELECT school_year AS year, min(begin_date) AS begins, max(end_date) AS ends
FROM raw_session
WHERE school_year IS NOT NULL AND date_diff('day', begin_date, end_date) BETWEEN 0 AND 400
GROUP BY ALL;

CREATE TABLE day_year AS
WITH day AS (SELECT unnest(generate_series(DATE '1900-01-01', DATE '2150-12-31', INTERVAL 1 DAY))::DATE AS day),
named AS (SELECT day, year(day) + (month(day) >= 7)::INT AS year FROM day)
SELECT day, (CASE WHEN bool_or(s.year = n.year) THEN n.year ELSE coalesce(max(s.year), n.year) END)::SMALLINT AS year
FROM named n LEFT JOIN span s ON day BETWEEN begins AND ends GROUP BY day, n.year;
