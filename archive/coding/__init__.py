"""Who did what to whom: the coding of a testimony, its dates, its way as HTCDS, a life in order. No Flask."""
