"""What narrows a testimony beyond her consent: embargo, third parties, children, withheld parts."""
