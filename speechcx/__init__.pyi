from . import ask as ask
from .call import Call as Call
from .document import call_document as call_document
from .python_door import analyze as analyze
from .python_door import load_rulebook as load_rulebook
from .store import CallFilter as CallFilter
from .store import Store as Store

__version__: str
