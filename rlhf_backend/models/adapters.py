"""LoRA adapters (Hu et al. 2021, arXiv:2106.09685). peft is imported only when used: some three seconds."""

from typing import Any


def with_adapters(network: Any, rank: int) -> Any:
    """Put trainable adapters on every linear layer of `network`, in place, and freeze the rest."""
    from peft import LoraConfig, get_peft_model

    return get_peft_model(network, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"))


def merge_adapters(adapted: Any) -> Any:
    """Add the adapters to the weights below them, in place; the plain network."""
    return adapted.merge_and_unload()
