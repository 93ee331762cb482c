"""The archivist's pages, on this machine only: 127.0.0.1, an address that works once, one browser."""
