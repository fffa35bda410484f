"""GPT learns to write: from a text, token by token.

A decoder-only transformer is trained on windows of ``context`` tokens drawn at random from the
training text. ``val_loss`` is the mean over the *whole* validation text, read in windows of
``context`` that do not overlap, in nats per character whatever the tokens are.

``standard`` has the size and length of nanoGPT's setting for a CPU (README, "I only have a
macbook": 4 layers, 4 heads, 128 wide, context 64, batch 12, 2,000 steps, no dropout; AdamW with
beta2 0.99, weight decay 0.1, clipping at 1, no biases); published 1.88. Where ours differs: the
learning rate is 3e-3 where nanoGPT has 1e-3, and nanoGPT estimates its figure from 20 random
batches, where here every character of the split counts.

``--optimizer muon`` (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks")
replaces the step of every matrix between embedding and output by the nearest matrix whose singular
values are equal; embeddings and norms stay with AdamW. It learns about twice as fast per token.

Whether it recites is seen in the texts it writes at the end: ``recited_share`` is how much of their
n-grams stands in the training text, ``recited_share_cold`` the same at a low temperature. An author
repeats himself too: ``recited_share_held_out`` is that of the whole validation text, in pieces as
long. Runs of one character count once there, since a row of blanks is nobody's sentence;
``copied_share`` takes the texts as they are. ``--characters 5000`` learns from little text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

import torch

from tidu import data, nn, optim, text, train
from tidu.errors import TiduError
from tidu.fields import (
    NonNegativeFloat,
    NonNegativeInt,
    OpenFraction,
    PositiveFloat,
    PositiveInt,
)

if TYPE_CHECKING:
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    source: Literal["python-docs", "tiny-shakespeare", "tang-poems"] = "tiny-shakespeare"  # text
    tokens: Literal["characters", "byte-pair"] = "characters"  # what is one step of writing
    vocabulary: PositiveInt = 1024  # how many byte-pair tokens to learn (at least 256)
    min_count: PositiveInt = 1  # characters seen less often share one token
    network: Literal["gpt", "lstm"] = "gpt"  # lstm: as many parameters, to compare with
    layers: PositiveInt = 4  # transformer blocks
    heads: PositiveInt = 4  # attention heads in every block
    dim: PositiveInt = 128  # width of the network
    context: PositiveInt = 64  # the most tokens it can look back on
    positions: Literal["learned", "rotary", "sinusoidal", "none"] = "learned"  # how it knows order
    bias: bool = False  # biases in the linear layers and norms
    gelu: Literal["exact", "tanh"] = "exact"  # the nonlinearity; tanh: GPT-2's approximation
    dropout: OpenFraction = 0.0  # share of activations dropped while training
    batch: PositiveInt = 12  # windows in a step
    steps: PositiveInt = 2000  # training steps
    optimizer: Literal["adamw", "muon"] = "adamw"  # muon: for the matrices between the ends
    lr: PositiveFloat = 3e-3  # learning rate after the warm-up
    final_lr: PositiveFloat = 1e-4  # learning rate at the end of the cosine
    warmup: NonNegativeInt = 100  # steps in which the learning rate rises
    beta2: OpenFraction = 0.99  # memory of Adam's second moment
    weight_decay: NonNegativeFloat = 0.1  # decay of the matrices, as a share of the learning rate
    clip: PositiveFloat = 1.0  # largest norm of the gradient
    precision: Literal["auto", "float32", "bfloat16"] = "float32"  # auto pays from dim 256 on
    sample: PositiveInt = 400  # tokens in each text written at the end
    copied: PositiveInt = 20  # length of the character n-grams looked up in the training text
    characters: PositiveInt | None = None  # learn from only so many, the first; none: from all


LONG = Config(
    dim=256,
    context=128,
    batch=24,
    positions="rotary",
    optimizer="muon",
    lr=5e-3,
    precision="auto",
)
TANG = replace(LONG, source="tang-poems", min_count=10, steps=600, copied=7)
PRESETS = {
    "quick": Config(source="python-docs", layers=2, dim=96, batch=16, steps=300),
    "standard": Config(),
    "shakespeare-long": replace(LONG, steps=1500),
    "tang": TANG,
    "tang-lstm": replace(TANG, network="lstm"),
}
PICTURES = "gpt"  # drawn by this file of tidu.views.systems
TAKES = ("data", "processes")
SAMPLES = 8  # texts written at the end
TEMPERATURE, COLD = 0.8, 0.5  # at which they are written; much colder, small ones go in circles
SHOWN = 24  # tokens whose attention is recorded


def run(config: Config, run: Run) -> dict[str, float]:
    corpus = _corpus(config, run)
    tokenizer = _tokenizer(config, corpus)
    run.write_json("tokenizer", text.tokenizer_to_json(tokenizer))
    training, validation = (tokenizer.encode(t) for t in (corpus.train, corpus.validation))
    if min(len(training), len(validation)) <= config.context:
        raise TiduError(
            f"The text has {len(training)} tokens to learn from and {len(validation)} to validate "
            f"on; both must be more than --context {config.context}.",
            "Bring a longer text or choose a smaller --context.",
        )
    network = _network(config, tokenizer.size).to(run.device)
    draw = run.generator()

    def batch(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        start = torch.randint(len(training) - config.context, (config.batch,), generator=draw)
        window = training[start[:, None] + torch.arange(config.context + 1)]
        return window[:, :-1], window[:, 1:]

    def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        targets = targets.to(logits.device).flatten()
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets)

    def nats(tokens: torch.Tensor, every: int = 1) -> float:
        tokens = tokens.to(run.device)
        return text.nats_per_token(network, tokens, config.context, every=every)

    train.fit(
        network,
        batch,
        loss,
        _optimizer(config, network),
        run=run,
        steps=config.steps,
        schedule=optim.schedule.warmup_cosine(
            config.lr, config.steps, config.warmup, config.final_lr
        ),
        clip=config.clip,
        precision=config.precision,
        # Every 8th window: enough for a curve, and cheap.
        evaluate=lambda: {"val_loss_part": nats(validation, every=8)},
        evaluate_every=max(1, config.steps // 20),
        keep={"draw": draw},
    )
    run.save_weights(network)
    per_char = len(validation) / len(corpus.validation)
    val_loss = nats(validation) * per_char
    share = max(1, len(training) // len(validation))
    counted = text.KneserNey(training, order=5, vocabulary=tokenizer.size)
    val_loss_5gram = -float(counted.log_probs(validation).mean()) * per_char
    return {
        "val_loss": val_loss,
        "bits_per_char": val_loss / math.log(2),
        "val_loss_5gram": val_loss_5gram,
        "below_5gram": val_loss_5gram - val_loss,
        "train_loss": nats(training, every=share) * len(training) / len(corpus.train),
        **_write_samples(config, run, network, tokenizer, corpus),
    }


def model(config: Config, run: Run) -> torch.nn.Module:
    return run.load_weights(_network(config, _kept_tokenizer(run).size))


def export_inputs(config: Config, run: Run) -> tuple[torch.Tensor, ...]:
    size = _kept_tokenizer(run).size
    return (torch.arange(2 * config.context).reshape(2, config.context) % size,)


@dataclass(frozen=True)
class Use:
    prompt: str = ""  # the text to continue; empty: begin a new one
    length: PositiveInt = 200  # tokens to write
    temperature: NonNegativeFloat = 0.8  # 0: always the likeliest; above 1: bolder
    top_k: PositiveInt | None = None  # choose only among so many likeliest tokens
    top_p: PositiveFloat | None = None  # choose only among the likeliest that reach this share
    beam: NonNegativeInt = 0  # search the likeliest text with so many beams, nothing is drawn
    seed: int = 0  # another seed writes another text


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    if options.top_p is not None and options.top_p > 1:
        raise TiduError(
            f"--top-p must be at most 1; got {options.top_p}.", "1 keeps all tokens, 0.9 most."
        )
    tokenizer, network = _kept_tokenizer(run), model(config, run)
    start = torch.cat([_beginning(tokenizer), tokenizer.encode(options.prompt)])
    score: dict[str, float] = {}
    if options.beam:
        best = text.beam_search(network, start, options.length, options.beam)[0]
        tokens, score = best.tokens, {"log_prob": best.log_prob}
    else:
        tokens = text.generate(
            network,
            start[None],
            options.length,
            temperature=options.temperature,
            top_k=options.top_k,
            top_p=options.top_p,
            generator=torch.Generator().manual_seed(options.seed),
        )[0]
    written = tokenizer.decode(tokens[len(start) :])
    return {"text": options.prompt + written, **score, **_copied(config, run, written)}


def _corpus(config: Config, run: Run) -> data.Corpus:
    if run.data is not None:
        corpus = data.read_corpus(run.data)
    else:
        corpus = cast("data.Corpus", data.load(config.source))
    return replace(corpus, train=corpus.train[: config.characters])


def _tokenizer(config: Config, corpus: data.Corpus) -> text.Tokenizer:
    if config.tokens == "characters":
        # The alphabet is that of the whole text, as in nanoGPT; nothing else of the validation
        # text is learned.
        whole = corpus.train + corpus.validation
        return text.CharacterTokenizer.from_text(whole, config.min_count)
    if config.vocabulary < 256:
        raise TiduError(
            f"--vocabulary must be at least 256, one token a byte; got {config.vocabulary}.",
            "Give a larger one, or --tokens characters.",
        )
    return text.BytePairTokenizer.train(corpus.train, config.vocabulary)


def _kept_tokenizer(run: Run) -> text.Tokenizer:
    return text.tokenizer_from_json(run.read_json("tokenizer"))


def _network(config: Config, vocabulary: int) -> nn.GPT | nn.RecurrentLanguageModel:
    if config.dim % config.heads:
        raise TiduError(
            f"--dim must be a multiple of --heads; got {config.dim} and {config.heads}.",
            f"Try --dim {config.heads * math.ceil(config.dim / config.heads)}.",
        )
    gpt = nn.GPT(
        vocabulary,
        config.context,
        config.dim,
        config.layers,
        config.heads,
        dropout=config.dropout,
        positions=config.positions,
        bias=config.bias,
        gelu=config.gelu,
    )
    if config.network == "gpt":
        return gpt
    size = sum(p.numel() for p in gpt.parameters())
    hidden = nn.hidden_of_equal_size(size, vocabulary, config.dim, layers=2)
    return nn.RecurrentLanguageModel(
        vocabulary, config.dim, hidden, layers=2, dropout=config.dropout
    )


def _optimizer(config: Config, network: torch.nn.Module) -> torch.optim.Optimizer:
    ends = [p for name, p in network.named_parameters() if "embedding" in name or "head" in name]
    vectors = [p for p in network.parameters() if p.ndim < 2]
    others = {id(p) for p in (*ends, *vectors)}
    matrices = [p for p in network.parameters() if id(p) not in others]
    muon = config.optimizer == "muon"
    groups = [
        {"params": ends if muon else ends + matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, config.lr, betas=(0.9, config.beta2), fused=True)
    if not muon:
        return adamw
    inner = torch.optim.Muon(
        matrices, config.lr, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    return optim.Together(inner, adamw)


def _beginning(tokenizer: text.Tokenizer) -> torch.Tensor:
    """What stands before a new text: a blank line, or the first token there is."""
    try:
        return tokenizer.encode("\n\n")
    except TiduError:
        return torch.tensor([0])


def _write_samples(
    config: Config,
    run: Run,
    network: nn.GPT | nn.RecurrentLanguageModel,
    tokenizer: text.Tokenizer,
    corpus: data.Corpus,
) -> dict[str, float]:
    """Let the network write, keep the texts and one attention map, and say how much is copied."""
    start = _beginning(tokenizer).expand(SAMPLES, -1).to(run.device)

    def write(temperature: float, draw: int) -> list[str]:
        written = text.generate(
            network, start, config.sample, temperature=temperature, generator=run.generator(draw)
        )
        return [tokenizer.decode(row[start.shape[1] :]) for row in written.cpu()]

    samples, cold = write(TEMPERATURE, 1), write(COLD, 2)
    run.write_json("samples", samples)
    run.write_json("samples-cold", cold)
    shown = tokenizer.encode(corpus.validation[: 8 * SHOWN])[: min(SHOWN, config.context)]
    with torch.no_grad():
        probs = network(shown[None].to(run.device))[0, -1].softmax(dim=-1)
        if isinstance(network, nn.GPT):
            run.record("attention", maps=network.attention_maps(shown[None].to(run.device))[:, 0])
    likely = probs.topk(min(10, tokenizer.size))
    run.record("next-token", tokens=shown, candidates=likely.indices, probs=likely.values)
    lines = [line for sample in samples for line in sample.split("\n")[:-1] if line.strip()]
    shares = text.copied_shares(samples, corpus.train, config.copied)
    told, length = corpus.validation, max(1, *map(len, samples))
    pieces = [told[i : i + length] for i in range(0, max(1, len(told) - length + 1), length)]
    learned = text.without_runs(corpus.train)

    def recited(texts: list[str]) -> float:
        plain = [text.without_runs(one) for one in texts]
        return sum(text.copied_shares(plain, learned, config.copied)) / len(texts)

    return {
        "copied_share": sum(shares) / len(shares),
        "recited_share": recited(samples),
        "recited_share_cold": recited(cold),
        "recited_share_held_out": recited(pieces),
        "longest_copied": max(len(text.longest_copied_span(s, corpus.train)) for s in samples),
        "distinct_lines": len(set(lines)) / max(1, len(lines)),  # 1: no line was written twice
    }


def _copied(config: Config, run: Run, written: str) -> dict[str, object]:
    """How much of ``written`` stands in the training text, where that text can still be read."""
    try:
        training = _corpus(config, run).train
    except TiduError:
        return {}
    return {
        "copied_share": text.copied_share(written, training, config.copied),
        "longest_copied": text.longest_copied_span(written, training),
    }
