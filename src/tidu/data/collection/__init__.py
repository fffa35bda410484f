"""The sources themselves: where each comes from, how it is read, how it is split."""
