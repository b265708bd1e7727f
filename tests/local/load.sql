SELECT count(*) AS total FROM things
