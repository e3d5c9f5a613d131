"""Whether a phrase that was not found may have been said with one word misheard.

"This *quarrel* is recorded": one word of the phrase stands for another, and either it is under the
confidence floor, so that any word may have been said there, or it sounds nearly like the one asked for.
A critical rule is not failed on that: it cannot be told, and goes to a person.
"""

from __future__ import annotations
