-- Words that several statements use.
CREATE MACRO cell_of(child, element, year) AS (enum_code(child)::BIGINT << 24) | (enum_code(element)::BIGINT << 12) | coalesce(year, 0);
CREATE MACRO text_of(number, word, not_applicable, type, unit) AS
    CASE WHEN not_applicable THEN NULL WHEN number IS NULL THEN word WHEN type = 'boolean' THEN if(number = 1, 'true', 'false')
         WHEN type = 'integer' THEN printf('%.0f', number) WHEN unit = 'USD' THEN printf('%.2f', number) ELSE printf('%.4f', number) END;
CREATE MACRO status_of(not_applicable, value) AS
    (CASE WHEN not_applicable THEN 'Not applicable' WHEN value IS NULL THEN 'Empty' ELSE 'Reported' END)::status_name;

-- The steps of choice as one number, which weighs the first step most; days count back from 2700. And the reason why one
-- value comes before another: the first step in which they differ.
CREATE MACRO back(day) AS CASE WHEN day IS NULL THEN 524287 ELSE least(greatest(266600 - date_diff('day', DATE '1970-01-01', day::DATE), 0), 524286) END::BIGINT;
CREATE MACRO step_of(band, doubtful, trust, recent, begun) AS
    ((CASE WHEN band IS NULL THEN 4 ELSE greatest(enum_code(band)::INT - 1, 0) END)::BIGINT << 56) + (coalesce(doubtful, false)::BIGINT << 55)
    + (trust::BIGINT << 39) + (back(recent) << 20) + back(begun);
CREATE MACRO unconfirmed() AS 524288;
CREATE MACRO reason_of(one, other) AS
    CASE WHEN xor(one, other) >= 1::BIGINT << 56 THEN 'Surest tie' WHEN xor(one, other) >= 1::BIGINT << 55 THEN 'Undoubted date'
         WHEN xor(one, other) >= 1::BIGINT << 39 THEN 'Trusted most' WHEN xor(one, other) >= 1 << 20 THEN 'Newest'
         WHEN xor(one, other) >= 524288 THEN 'Confirmed' WHEN one <> other THEN 'Begins last' ELSE 'First record' END;

-- The newest row: by its day (none comes first), then its row in the file, then its place.
CREATE MACRO newest(day, row, place) AS
    ((1000000 + coalesce(date_diff('day', DATE '1970-01-01', day::DATE), -999999))::HUGEINT << 96) + (row::HUGEINT << 48) + place;
