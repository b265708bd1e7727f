INSERT INTO IDENTIFIER(:schema || '.orders')
SELECT * FROM read_files('/Volumes/main/landing/orders')
WHERE order_date = :day
