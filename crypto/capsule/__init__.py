"""The capsule: sealed without a network, on a page or a laptop, and carried in one file by any hand."""
