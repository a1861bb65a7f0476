"""LoRA adapters (Hu et al. 2021, arXiv:2106.09685). peft is imported only when used: some three seconds.

One set of weights carries several models: the policy with its adapters, its reference without, a critic with others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def with_adapters(network: Any, rank: int) -> Any:
    """Put trainable adapters on every linear layer of `network`, in place, and freeze the rest."""
    from peft import get_peft_model

    return get_peft_model(network, _settings(rank))


def add_adapter(adapted: Any, name: str, rank: int) -> None:
    """Put further trainable adapters beside those in force, which stay in force. They begin without any effect."""
    with _as_trained(adapted):
        adapted.add_adapter(name, _settings(rank))
    for parameter_name, parameter in adapted.named_parameters():
        if name in parameter_name.split("."):
            parameter.requires_grad_(True)


@contextmanager
def switched(adapted: Any, name: str | None) -> Iterator[None]:
    """While it lasts, the adapters of this name are in force; with None, none are. Other networks only read them.

    Which weights are trained does not change: the library would freeze what is not in force, losing its gradients.
    """
    before = adapted.active_adapter
    with _as_trained(adapted):
        if name is None:
            with adapted.disable_adapter():
                yield
            return
        with _as_trained(adapted):
            adapted.set_adapter(name)
        try:
            yield
        finally:
            adapted.set_adapter(before)


def merge_adapters(adapted: Any) -> Any:
    """Add the adapters in force to the weights below them, in place, and drop all others; the plain network."""
    return adapted.merge_and_unload()


@contextmanager
def _as_trained(adapted: Any) -> Iterator[None]:
    """Afterwards the same weights take gradients as before, and no others."""
    trained = [(parameter, parameter.requires_grad) for parameter in adapted.parameters()]
    try:
        yield
    finally:
        for parameter, was_trained in trained:
            parameter.requires_grad_(was_trained)


def _settings(rank: int) -> Any:
    from peft import LoraConfig

    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
