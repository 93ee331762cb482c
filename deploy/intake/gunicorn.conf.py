"""gunicorn for the intake: nothing is logged that could point at a sender."""

bind = "unix:/run/onggi/intake.sock"
workers = 2
threads = 4
timeout = 120
"""A part is 1 MiB: over a slow phone connection through Tor this is still ample."""

accesslog = None
"""No access log: it would hold addresses and times. nginx's is off too."""

errorlog = "-"
loglevel = "warning"
umask = 0o077
limit_request_line = 1024
limit_request_fields = 40
