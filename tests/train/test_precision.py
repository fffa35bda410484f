"""The number format of the products: bfloat16 only where the processor has it."""

from __future__ import annotations

import pytest
import torch

from tidu.train import precision


@pytest.mark.parametrize("native", [True, False])
def test_auto_follows_the_processor(monkeypatch: pytest.MonkeyPatch, native: bool) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert precision.has_bfloat16() is native
    product = torch.ones(2, 2)
    with precision.autocast("auto"):
        assert (product @ product).dtype == (torch.bfloat16 if native else torch.float32)


def test_what_is_asked_for_is_done_whatever_the_processor() -> None:
    product = torch.ones(2, 2)
    for asked, wanted in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        with precision.autocast(asked):
            assert (product @ product).dtype == wanted


def test_a_processor_that_does_not_say_gets_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported")
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert not precision.has_bfloat16()


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'float16'"):
        precision.autocast("float16")
