"""What the catalogue says of one system. Nothing here imports PyTorch."""

from __future__ import annotations

from dataclasses import dataclass

from tidu.words import Text

CHAPTERS: dict[str, Text] = {
    "foundations": Text("基础", "Foundations"),
    "optimisation": Text("优化与正则化", "Optimisation and regularisation"),
    "vision": Text("视觉", "Vision"),
    "sequences": Text("序列", "Sequences"),
    "attention": Text("注意力", "Attention"),
    "generative": Text("生成模型", "Generative models"),
    "reinforcement": Text("强化学习", "Reinforcement learning"),
    "compression": Text("网络压缩", "Compression"),
}


@dataclass(frozen=True)
class Figure:
    """A figure somebody else published, and where."""

    value: str
    source: str


@dataclass(frozen=True)
class Target:
    """What a preset must reach: ``metric`` ``sense`` ``value``; with ``every``, in every seed."""

    preset: str
    metric: str
    sense: str  # "<=" or ">="
    value: float
    every: bool = False
    published: Figure | None = None

    def met(self, per_seed: list[float]) -> bool:
        """Whether the seeds' values reach the target."""
        values = per_seed if self.every else [sum(per_seed) / len(per_seed)]
        return all(v <= self.value if self.sense == "<=" else v >= self.value for v in values)


@dataclass(frozen=True)
class System:
    """One entry: its words, its components as ``module:name``, its experiment's module."""

    id: str
    chapter: str
    title: Text
    about: Text
    components: tuple[str, ...] = ()
    experiment: str | None = None
    presets: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # sections of the source notes, as file#heading
    targets: tuple[Target, ...] = ()

    @property
    def kind(self) -> str:
        """``component``, ``experiment`` or ``both``."""
        if self.components and self.experiment:
            return "both"
        return "component" if self.components else "experiment"
