"""The code lists of the data model with labels in three languages, and the places. Data and readers."""
