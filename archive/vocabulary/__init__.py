"""The code lists of the data model with labels in three languages, and the places of the domain. Data and their readers."""
