"""Files and folders into a corpus: nothing twice, nothing lost, and a record of every file.

In: paths, an open Corpus. Out: Summary, and a record a file in the corpus (pending, done, skipped or failed).
Touches: reads the files; writes the corpus, one transaction a file.

files.py (which files there are) → looking.py (beside what the corpus knows: what is to be read) → reading.py (one file →
Outcome) through workers.py (many) → settling.py (Outcome → corpus); run.py has it all done; report.py tells of it;
mending.py reads again what a damaged corpus has lost.

A second run imports nothing twice, because files are known by their bytes; a killed run is continued by the same
command, because each file is kept whole or not at all.
"""

from policyparse.batch.files import Found, find_files, printable
from policyparse.batch.reading import Outcome, Parse, Pipeline, Task, read_file
from policyparse.batch.report import Report, Section, report
from policyparse.batch.run import Progress, Summary, import_files
from policyparse.batch.workers import Busy, Readers

__all__ = [
    "Busy", "Found", "Outcome", "Parse", "Pipeline", "Progress", "Readers", "Report", "Section", "Summary",
    "Task", "find_files", "import_files", "printable", "read_file", "report",
]  # fmt: skip
