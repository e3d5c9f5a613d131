"""The two databases of a merge, and whose word holds: what mergers of calls and of decisions stand on."""

from __future__ import annotations

from speechcx.store import Store
from speechcx.store.calls.erasure import list_erased
from speechcx.store.merging.rows import Numbers
from speechcx.store.merging.versions import Preference


class Merger:
    """Brings rows of one source into the target; inside a write.

    Parameters
    ----------
    target, source
        Open stores.
    numbers
        Numbers in the target of what the source's rows refer to.
    name
        The source, for people.
    preference
        Whose word holds where the two differ.
    """

    def __init__(
        self, target: Store, source: Store, numbers: Numbers, *, name: str, preference: Preference
    ) -> None:
        self.target = target
        self.source = source
        self.numbers = numbers
        self.name = name
        self.preference = preference
        self._erased = list_erased(target.db)
