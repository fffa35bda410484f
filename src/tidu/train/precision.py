"""Which number format the products are computed in: bfloat16 only where the processor has it.

    float32    8 bits of exponent, 23 of fraction
    bfloat16   8 bits of exponent,  7 of fraction: half the bytes, and 2 to 5 times the products a
               second on a processor that multiplies it (AVX-512 BF16, AMX, recent accelerators)

On a processor without such instructions PyTorch emulates bfloat16, many times slower than float32.
Source: Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training", arXiv:1905.12322.
"""

from __future__ import annotations

import torch


def has_bfloat16(device: torch.device | str = "cpu") -> bool:
    """Whether ``device`` multiplies bfloat16 in hardware.

    >>> has_bfloat16("meta")
    False
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu":
        return False
    # Names of torch.cpu that are not documented: where one is gone, float32 is never wrong.
    looks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, look, bool)() for look in looks)


def chosen(precision: str, device: torch.device | str = "cpu") -> torch.dtype:
    """The format meant by ``float32``, ``bfloat16`` or ``auto``: what suits ``device``.

    >>> chosen("bfloat16")
    torch.bfloat16
    """
    if precision == "auto":
        return torch.bfloat16 if has_bfloat16(device) else torch.float32
    formats = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if precision not in formats:
        raise ValueError(f"precision must be auto, float32 or bfloat16; got {precision!r}")
    return formats[precision]


def autocast(precision: str, device: torch.device | str = "cpu") -> torch.autocast:
    """A context in which the products of ``device`` are computed in the format meant."""
    low = chosen(precision, device) == torch.bfloat16
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=low)
