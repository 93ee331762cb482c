"""The archive: the air-gapped machine that opens, reviews, redacts and releases. Never imports server."""
