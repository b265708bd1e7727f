SELECT * FROM events WHERE day = :day
