"""Flags that make a quick preset short: for what must hold at any length, such as resuming."""

from __future__ import annotations

SHORT: dict[str, list[str]] = {
    "lenet": ["--epochs", "1", "--batch", "128"],
    "mnist-ladder": ["--epochs", "1", "--batch", "256", "--width", "20"],
    "gan": ["--steps", "60"],
    "gan-images": ["--steps", "40", "--channels", "4", "--judged", "50"],
    "gpt": ["--steps", "20", "--sample", "40"],
    "policy-gradient": ["--iterations", "8", "--episodes", "8"],
    "memory-tasks": ["--lags", "4", "6", "--steps", "20", "--hidden", "8"],
    "pruning": ["--rounds", "2", "--epochs", "1", "--round-epochs", "1"],
}
