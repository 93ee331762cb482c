"""gunicorn for the intake: nothing is logged that could point at a sender."""

bind = "unix:/run/onggi/intake.sock"
workers = 2
threads = 256
"""In each worker: one that waits for a slow phone costs a thread, and what has come of its part."""
worker_connections = 4000
"""In each worker, with those that have said nothing yet and have no thread. Each takes a file handle."""
worker_class = "server.patience.Worker"
"""Ends a connection that is silent for 30 seconds, or takes more than 5 minutes for one part."""
timeout = 120
"""Seconds after which a worker that does not stir is started anew; it says nothing about a sender."""

accesslog = None
"""No access log: it would hold addresses and times. nginx's is off too."""

errorlog = "-"
logger_class = "server.silence.Quiet"
"""Of a request nothing is written: gunicorn's own lines hold address, path and pieces of what came."""
loglevel = "warning"
umask = 0o007
"""For the socket: nginx reaches it through its group. Everything else lies in folders of the intake's own."""
limit_request_line = 1024
limit_request_fields = 40
