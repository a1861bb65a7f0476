"""Training of the MLP blocks' output projections alone (BFPO's selective training, arXiv:2408.15313)."""

from collections.abc import Iterator
from typing import Any

from rlhf_backend.errors import ConfigError


def train_mlp_outputs_only(network: Any) -> int:
    """Freeze all but the output projections of MLP blocks, or all adapters but theirs; how many there are.

    They are found by shape, whatever their names: a layer from a wider space back to the model's width that stands
    beside one into that space, outside of attention.
    Raises: ConfigError: there is none, as in models that keep their experts in one tensor.
    """
    found = tuple(_mlp_outputs(network))
    if not found:
        raise ConfigError(
            f"{type(network).__name__} has no MLP output projections that could be trained alone: switch off "
            "“Train MLP outputs only”"
        )
    for name, parameter in network.named_parameters():
        chosen = any(name.startswith(f"{module}.") for module in found)
        parameter.requires_grad_(parameter.requires_grad and chosen)
    return len(found)


def _mlp_outputs(network: Any) -> Iterator[str]:
    """Names of the modules."""
    width = network.get_input_embeddings().weight.shape[-1]
    for name, module in network.named_modules():
        if "attn" in name.lower() or "attention" in name.lower():
            continue
        shapes = {child: shape for child, part in module.named_children() if (shape := _shape(part)) is not None}
        for child, (inner, out) in shapes.items():
            beside = [other for key, other in shapes.items() if key != child]
            # Gate and up may be one layer of twice the inner width.
            if inner != width == out and any(o in {inner, 2 * inner} and i == width for i, o in beside):
                yield f"{name}.{child}" if name else child


def _shape(module: Any) -> tuple[int, int] | None:
    """Inputs and outputs of a linear layer, adapters on it or not; None of anything else."""
    if hasattr(module, "in_features") and hasattr(module, "out_features"):
        return module.in_features, module.out_features
    if hasattr(module, "nx") and hasattr(module, "nf"):  # GPT-2's convolution of width 1
        return module.nx, module.nf
    return None
