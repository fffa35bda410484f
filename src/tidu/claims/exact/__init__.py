"""Exact checks: one file for each claim that needs no training, only arithmetic."""
