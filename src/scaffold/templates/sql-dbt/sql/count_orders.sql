SELECT count(*) AS orders FROM raw.orders WHERE order_date = CAST(:day AS DATE);
