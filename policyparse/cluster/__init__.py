"""More than one machine: files read by the workers of a cluster, and a corpus in an OpenSearch.

In: the address of a Dask scheduler or of an OpenSearch. Out: Readers (batch) and an Engine (search).
Touches: the network. Neither library is loaded before it is asked for.

elsewhere.py (any executor) ← scheduler.py (Dask)
store.py (connection, indices) ← sending.py (a corpus into it; mapping.py: its fields)
                               ← answers.py (search from it; dsl.py: its queries)
"""

from policyparse.cluster.answers import OpenSearchEngine
from policyparse.cluster.elsewhere import Elsewhere
from policyparse.cluster.scheduler import dask_readers
from policyparse.cluster.sending import Sent, send
from policyparse.cluster.store import Store

__all__ = ["Elsewhere", "OpenSearchEngine", "Sent", "Store", "dask_readers", "send"]
