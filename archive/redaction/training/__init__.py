"""How the lists and models beside this package are made. Nothing here runs when a text is read."""
