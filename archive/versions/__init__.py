"""What was received, said again: transcripts, corrections and translations, each signed and never changed."""
