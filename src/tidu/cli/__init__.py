"""The command line: a small dispatcher and one file for each command."""
