"""Texts of the starter's model cards."""

HEADER = "---\nlanguage: en\nlibrary_name: transformers\n---\n"


def policy_card(figures: dict[str, float], steps: int) -> str:
    """The policy's card, with figures measured after training."""
    return f"""{HEADER}
# Starter policy

A Llama of {figures["parameters"] / 1e6:.2f} M parameters with a byte-level BPE of 2,048, trained in {steps:,} steps by
`python -m rlhf_backend.starter.train` on replies to everyday requests that the project generates. It knows nothing
about the world: it exists so that the whole loop of preferences can be tried without a download.

| figure | value |
|---|---|
| loss on fresh replies, nats per token | {figures["loss"]:.3f} |
| samples at temperature 1 without a broken phrase | {figures["clean_share"]:.1%} |
| words in a sample, mean | {figures["words_mean"]:.1f} |
"""


def judge_card(r2: dict[str, float], steps: int) -> str:
    """The judge's card, with the share of variance explained for each factor."""
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in r2.items())
    return f"""{HEADER}
# Starter judge

The starter policy, continued for {steps:,} steps on reading: a linear readout of the mean hidden state over a reply
predicts its style factors. It has seen no preference; a reward model puts its own head on these features.

R² on fresh replies, a fifth of them broken and some answering another request:

| factor | R² |
|---|---|
{rows}
"""
