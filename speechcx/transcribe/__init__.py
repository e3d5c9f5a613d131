"""What is said: Audio and Speech in, one Utterance for each turn out.

Gives words with times on the file's clock and confidences. Listens only where a turn is, so hold
music and machine prompts have no words. Never goes to the network unless ``allow_hub`` says so. One
more engine is one module with a factory that takes the settings, and a line in
``speechcx/engines.py``; ``tests/contracts/test_recognizer.py`` then runs over it.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
