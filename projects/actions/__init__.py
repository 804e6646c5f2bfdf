"""What users do: one function per verb. Pages, API, commands and admin all call these and never write a status."""
