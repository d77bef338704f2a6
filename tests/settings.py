"""Django's settings for the suite: the product's, read after the places of the suite's engines are settled.

It must happen here: pytest-django reads the settings before it loads any conftest.
"""

from tests.engines import settle_places

settle_places()

from analytics_project.settings import *  # noqa: E402, F403
