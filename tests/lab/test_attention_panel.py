"""The attention panel: its numbers by hand, heads off as columns of W^O gone, training unaware."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tidu import nn, text
from tidu.lab.bench import Bench
from tidu.views.pack import Pack

TINY = {"preset": "quick", "layers": "2", "dim": "16", "heads": "2", "context": "16"}
TINY |= {"batch": "4", "steps": "6", "dropout": "0.2"}


def opened(**fields: str) -> Bench:
    made = Bench("gpt", {**TINY, **fields})
    made.lanes[0].settle(60)
    return made


@pytest.fixture
def bench(embedded: None) -> Iterator[Bench]:
    made = opened()
    made.handle({"kind": "next", "steps": 2, "seconds": 60})
    yield made
    made.close()


def told(bench: Bench) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The panel's frame of the first lane, and its tensors by name."""
    pack = Pack()
    frame = bench.panels["attention"].frame(bench.lanes[:1], pack)
    lane = frame["lanes"][0]
    kinds = {"f4": torch.float32, "u1": torch.uint8}
    tensors = {
        name: torch.frombuffer(
            bytearray(pack.buffers[value["$tensor"]]), dtype=kinds[value["kind"]]
        ).reshape(value["shape"])
        for name, value in lane.items()
        if isinstance(value, dict) and "$tensor" in value
    }
    return frame, tensors


def act(bench: Bench, **message: Any) -> dict[str, Any]:
    return bench.handle({"kind": "panel", "panel": "attention", **message})[0]


def encoded(bench: Bench, words: str) -> torch.Tensor:
    found = text.tokenizer_from_json(bench.lanes[0].run.read_json("tokenizer"))
    return found.encode(words)


def network(bench: Bench) -> nn.GPT:
    return copy.deepcopy(bench.lanes[0].kept["model"]).eval()


def test_weights_are_softmax_of_queries_and_keys(bench: Bench) -> None:
    act(bench, do="text", text="for x in y")
    frame, tensors = told(bench)
    assert frame["lanes"][0]["tokens"] == list("for x in y")
    net, tokens = network(bench), encoded(bench, "for x in y")
    with torch.no_grad():
        x = net.embedding(tokens) + net.positions.weight[: len(tokens)]
        block = net.blocks[0]
        q, k, _ = (block.attention_norm(x) @ block.attention.projections.weight.T).chunk(3, -1)
        for head in range(2):
            own = slice(8 * head, 8 * head + 8)
            scores = q[:, own] @ k[:, own].T / 8**0.5
            scores[torch.ones(10, 10).triu(1).bool()] = -torch.inf
            torch.testing.assert_close(tensors["maps"][0, head], scores.softmax(-1))
    assert tensors["mask"].tolist() == torch.ones(10, 10).tril().int().tolist()


def test_losses_and_bars_are_those_of_the_network_in_use(bench: Bench) -> None:
    words = "the list of"
    act(bench, do="text", text=words)
    act(bench, do="sampling", temperature=0.7, top_k=3)
    frame, tensors = told(bench)
    lane, net, tokens = frame["lanes"][0], network(bench), encoded(bench, words)
    assert lane["loss"] == pytest.approx(text.nats_per_token(net, tokens, 16))
    with torch.no_grad():
        log_probs = net(tokens[None])[0].log_softmax(-1)
    wanted = -log_probs[:-1].gather(1, tokens[1:, None])[:, 0]
    torch.testing.assert_close(tensors["losses"], wanted)
    sharper = (log_probs[-1] / 0.7).softmax(-1).topk(3)
    bars = [bar["probs"][0] for bar in lane["bars"]]
    torch.testing.assert_close(torch.tensor(bars[:3]), sharper.values / sharper.values.sum())
    assert bars[3:] == [0.0] * len(bars[3:])
    assert lane["loss_off"] is None


def test_a_head_that_is_off_is_its_columns_of_the_output_matrix_gone(bench: Bench) -> None:
    words = "the list of"
    act(bench, do="text", text=words)
    act(bench, do="heads", off=[[0, 1], [1, 0]])
    frame, tensors = told(bench)
    net, tokens = network(bench), encoded(bench, words)
    whole = text.nats_per_token(net, tokens, 16)
    with torch.no_grad():
        net.blocks[0].attention.output.weight[:, 8:] = 0
        net.blocks[1].attention.output.weight[:, :8] = 0
        maps = net.attention_maps(tokens[None])[:, 0]
        expected = net(tokens[None])[0, -1].softmax(-1)
    lane = frame["lanes"][0]
    assert lane["loss"] == pytest.approx(whole)
    assert lane["loss_off"] == pytest.approx(text.nats_per_token(net, tokens, 16))
    assert lane["loss_off"] != pytest.approx(whole)
    torch.testing.assert_close(tensors["maps"], maps)
    for bar in lane["bars"]:
        assert bar["probs"][1] == pytest.approx(float(expected[encoded(bench, bar["token"])]))


def test_unknown_characters_are_told_and_left_out(bench: Bench) -> None:
    reply = act(bench, do="text", text="a 梯b度")
    lane = reply["panels"]["attention"]["lanes"][0]
    assert reply["kind"] == "frame"
    assert lane["unknown"] == ["梯", "度"]
    assert lane["tokens"] == ["a", " ", "b"]
    assert act(bench, do="text", text="梯")["panels"]["attention"]["lanes"][0]["tokens"] == []
    assert act(bench, do="write", tokens=1)["kind"] == "error"


def test_it_writes_on_as_generate_does_and_reads_through_the_window(bench: Bench) -> None:
    act(bench, do="text", text="the list")
    act(bench, do="sampling", temperature=0.9, top_k=20)
    act(bench, do="heads", off=[[1, 1]])
    reply = act(bench, do="write", tokens=40)
    net, prompt = network(bench), encoded(bench, "the list")
    with torch.no_grad():
        net.blocks[1].attention.output.weight[:, 8:] = 0
    draws = torch.Generator().manual_seed(0)
    new = text.generate(net, prompt[None], 40, temperature=0.9, top_k=20, generator=draws)[0]
    frame = reply["panels"]["attention"]
    assert encoded(bench, frame["text"]).tolist() == new.tolist()
    assert frame["text"] == "the list" + reply["told"]["written"]
    lane = frame["lanes"][0]
    assert lane["start"] == text.window_start(48, 16)
    assert "".join(lane["tokens"]) == frame["text"][lane["start"] :]


def test_looking_changes_nothing_of_the_training(bench: Bench) -> None:
    net = bench.lanes[0].kept["model"]
    gradients = [p.grad.clone() for p in net.parameters()]
    act(bench, do="heads", off=[[0, 0]])
    act(bench, do="write", tokens=5)
    assert net.training
    assert all(map(torch.equal, gradients, [p.grad for p in net.parameters()]))
    bench.handle({"kind": "next", "steps": 2, "seconds": 60})
    alone = opened()
    alone.panels.clear()
    alone.handle({"kind": "next", "steps": 4, "seconds": 60})
    assert bench.lanes[0].step == alone.lanes[0].step == 4
    ours, theirs = (b.lanes[0].kept["model"].state_dict() for b in (bench, alone))
    alone.close()
    assert all(map(torch.equal, ours.values(), theirs.values()))


def test_an_lstm_has_no_heads_and_still_expects_something(embedded: None) -> None:
    bench = opened(network="lstm")
    act(bench, do="text", text="abc")
    act(bench, do="heads", off=[[0, 0]])
    lane = act(bench, do="write", tokens=1)["panels"]["attention"]["lanes"][0]
    assert lane["maps"] is None
    assert lane["loss_off"] is None
    assert len(lane["tokens"]) == 4
    tokens = encoded(bench, "".join(lane["tokens"]))
    assert lane["loss"] == pytest.approx(text.nats_per_token(network(bench), tokens, 16))
    bench.close()


@pytest.mark.parametrize(
    "message",
    [
        {"do": "sampling", "temperature": -1},
        {"do": "sampling", "temperature": 1, "top_k": 0},
        {"do": "text", "text": "a" * 3000},
        {"do": "dance"},
    ],
)
def test_what_makes_no_sense_is_told(bench: Bench, message: dict[str, Any]) -> None:
    before = told(bench)[0]
    assert act(bench, **message)["kind"] == "error"
    assert told(bench)[0] == before
