"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from analytics_project.checks import refuse_unsafe_settings
from runtime.parent_death import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analytics_project.settings")

die_with_parent()  # granian's worker processes end with granian, however that ends
application = get_wsgi_application()
refuse_unsafe_settings()
