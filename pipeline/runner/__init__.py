"""The engine: submits, claims, runs, commits, backs off and sweeps jobs. The only code that knows django-q2.

django-q2 is a doorbell: its message says that something is due in a queue. `Job` is the truth.
"""
