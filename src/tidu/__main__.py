"""``python -m tidu`` is the command ``tidu``."""

from tidu.cli.main import main

if __name__ == "__main__":
    main()
