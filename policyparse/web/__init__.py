"""The web page: the same corpus for people who would rather look than type.

In: requests of a browser or a script. Out: pages (Chinese or English), files, JSON under /api/v1.
Touches: the corpus, through the rooms below; with corrections and imports it writes there, and nowhere else.

settings.py → app.py → gate.py (who may come in) → *_page.py, api.py → library.py (a corpus) · pages.py (templates/, static/)
"""

from policyparse.web.app import create_app
from policyparse.web.settings import Settings, is_local

__all__ = ["Settings", "create_app", "is_local"]
