CREATE SCHEMA IF NOT EXISTS raw;

CREATE TABLE IF NOT EXISTS raw.orders (order_id INT, order_date DATE, customer STRING, amount DOUBLE);

DELETE FROM raw.orders WHERE order_date = CAST(:day AS DATE);

INSERT INTO raw.orders
SELECT order_id, CAST(:day AS DATE), customer, amount
FROM (VALUES (1, 'ada', 12.5), (2, 'grace', 30.0), (3, 'ada', 7.25)) AS landed (order_id, customer, amount);
