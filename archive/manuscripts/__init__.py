"""Documentation projects: what editors make of testimonies, where no sentence can lose its consent."""
