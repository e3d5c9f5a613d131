"""``python -m speechcx``: the same as the ``speechcx`` command."""

from speechcx.cli import main

if __name__ == "__main__":
    main()
