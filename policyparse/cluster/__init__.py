"""More than one machine: files read by the workers of a cluster, and a corpus in an OpenSearch.

In: the address of a Dask scheduler or of an OpenSearch. Out: Readers (batch) and an Engine (search).
Touches: the network. Neither library is loaded before it is asked for.

elsewhere.py (any executor) ← scheduler.py (Dask)
"""

from policyparse.cluster.elsewhere import Elsewhere
from policyparse.cluster.scheduler import dask_readers

__all__ = ["Elsewhere", "dask_readers"]
