SELECT count(*) AS orders FROM IDENTIFIER(:schema || '.orders') WHERE order_date = :day
