"""Our own index format and query path for Whoosh: arrays in one file, read where they lie; no pickle."""
