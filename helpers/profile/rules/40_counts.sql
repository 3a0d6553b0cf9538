-- What is counted, summed or averaged over a child's rows of a year in one system. No zero: nobody lists who could have come.
CREATE TABLE weighed AS
SELECT element, 'participation'::table_name AS tbl, child, silo, year, link, band, place, file, row, activity AS word, hours AS number
FROM asked_participation SEMI JOIN (FROM element WHERE rule IN ('activities_counted', 'hours_summed')) e USING (element)
UNION ALL
SELECT element, 'course_transcript', child, silo, year, link, band, place, file, row, NULL, earned_credits
FROM asked_course_transcript SEMI JOIN (FROM element WHERE rule = 'credits_earned') e USING (element) WHERE earned_credits IS NOT NULL
UNION ALL  -- Of two exports of one class the later counts; what names no class counts by itself.
SELECT a.element, 'course_grade', a.child, a.silo, a.year, a.link, a.band, a.place, a.file, a.row, NULL, a.numeric_grade
FROM asked_course_grade a SEMI JOIN (
    SELECT element, max(place) AS place FROM asked_course_grade SEMI JOIN (FROM element WHERE rule = 'mean_grade') e USING (element)
    GROUP BY element, child, silo, year, section_id, course_title, grading_period, grade_type,
        CASE WHEN coalesce(section_id, course_title, grading_period, grade_type) IS NULL THEN place END
) k ON k.element = a.element AND k.place = a.place
WHERE a.numeric_grade IS NOT NULL;

CREATE VIEW counted_sum AS
SELECT element, child, silo, year, CASE WHEN min(w.link) = max(w.link) THEN min(w.link) END AS link, max(w.band) AS band,
    count(*) AS rows,
    CASE any_value(e.rule)
        WHEN 'activities_counted' THEN nullif(count(DISTINCT word), 0)
        WHEN 'mean_grade' THEN fsum(number ORDER BY place) / count(number)
        ELSE CASE WHEN count(number) = count(*) THEN fsum(number ORDER BY place) END END AS number
FROM weighed w JOIN element e USING (element) GROUP BY element, child, silo, year;
