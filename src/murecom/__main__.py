"""`python -m murecom` is the command `murecom`."""

from murecom.cli import main

if __name__ == "__main__":
    main()
