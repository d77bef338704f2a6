"""The only room that connects to ClickHouse; statements of other rooms go through `client`.

How to read it: `client` is the door (a writer, a reader), `pool` keeps its connections, `statement_settings`
says what is in force and `errors` what may be tried again. `tables` declares what lies there, `writer` fills
it, `versions` decides between two deliveries of one fact. `migrator` brings it into being from `migrations/`.
"""

from os import environ

from runtime.unneeded import LAZY_DATES

environ.update(LAZY_DATES)
