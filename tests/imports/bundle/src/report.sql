select :rows, :day
