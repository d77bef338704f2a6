"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from analytics_project.checks import refuse_unsafe_settings
from api.header_limits import with_readable_headers
from api.postgres.base import DatabaseWrapper
from runtime.garbage import search_seldom
from runtime.parent_death import die_with_parent
from runtime.turn import await_turn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analytics_project.settings")

# No request waits longer for Postgres; commands and tasks wait as long as their statements need.
LONGEST_ANSWER_SECONDS = 10.0

die_with_parent()  # granian's worker processes end with granian, however that ends
application = with_readable_headers(get_wsgi_application())
DatabaseWrapper.longest_answer = LONGEST_ANSWER_SECONDS
refuse_unsafe_settings()
search_seldom()  # it walked over all of Django, which cost 5 µs of each event
await_turn()
