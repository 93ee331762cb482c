"""Who did what to whom: the coding of a testimony, its dates, its exchange as HTCDS, and a life in order. No Flask here."""
