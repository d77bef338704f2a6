"""How either end of a connection notices that the other machine is gone, which says no goodbye.

Without it the server would keep the locks of a worker whose machine lost its power for two hours.
"""

IDLE_SECONDS = 30  # without a word, before the first question whether the other end is there
INTERVAL_SECONDS = 10
QUESTIONS = 3  # without an answer; then the connection and its locks are let go

# What libpq is to do itself, and what the server is to do for our sessions.
KEEPALIVES = {
    "keepalives_idle": IDLE_SECONDS,
    "keepalives_interval": INTERVAL_SECONDS,
    "keepalives_count": QUESTIONS,
    "options": (
        f"-c tcp_keepalives_idle={IDLE_SECONDS}"
        f" -c tcp_keepalives_interval={INTERVAL_SECONDS}"
        f" -c tcp_keepalives_count={QUESTIONS}"
    ),
}
