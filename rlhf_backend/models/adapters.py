"""LoRA adapters (Hu et al. 2021, arXiv:2106.09685). peft is imported only when used: some three seconds.

One set of weights carries several models: the policy with its adapters, its reference without, a critic with others, a
reward model with those it was trained by.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from rlhf_backend.errors import ConfigError
from rlhf_backend.models.device import device

_OWN = "default"
"""The library's name of the adapters that a network gets first."""


@dataclass(frozen=True)
class KeptAdapters:
    """Trained adapters apart from their network: tensors by where they stand below its trunk."""

    tensors: Mapping[str, Tensor]

    @classmethod
    def of(cls, network: Any) -> "KeptAdapters":
        """Those of a network that `with_adapters` was given."""
        return cls({_place(name, _OWN): p.detach().cpu().contiguous() for name, p in _named(network, _OWN).items()})

    @classmethod
    def load(cls, file: Path) -> "KeptAdapters":
        """Raises: ConfigError: the file is missing, damaged, or holds no adapters."""
        try:
            kept = cls(load_file(file))
        except (OSError, SafetensorError) as error:
            raise ConfigError(f"{file} holds no adapters that can be read: {type(error).__name__} {error}") from error
        if not kept.rank or not all(bool(tensor.isfinite().all()) for tensor in kept.tensors.values()):
            raise ConfigError(f"{file} holds no adapters, or numbers that are none: train another reward model")
        return kept

    def save(self, file: Path) -> None:
        save_file(dict(self.tensors), file)

    @property
    def rank(self) -> int:
        """0 where there are no adapters."""
        return next((len(tensor) for name, tensor in self.tensors.items() if name.endswith("lora_A.weight")), 0)


def with_adapters(network: Any, rank: int) -> Any:
    """Put trainable adapters on every linear layer of `network`, in place, and freeze the rest."""
    from peft import get_peft_model

    return get_peft_model(network, _settings(rank))


def put_adapters(trunk: Any, kept: KeptAdapters) -> None:
    """Put trained adapters on a trunk, in place. Nothing of it takes gradients.

    Raises: ConfigError: they were trained on a network of another shape.
    """
    from peft import get_peft_model

    get_peft_model(trunk, _settings(kept.rank), low_cpu_mem_usage=True)
    _fill(trunk, _OWN, kept)


def add_adapter(adapted: Any, name: str, rank: int) -> None:
    """Put further trainable adapters beside those in force, which stay in force. They begin without any effect."""
    with _as_trained(adapted):
        adapted.add_adapter(name, _settings(rank))
    for parameter in _named(adapted, name).values():
        parameter.requires_grad_(True)


def add_kept_adapters(adapted: Any, trunk: Any, name: str, kept: KeptAdapters) -> None:
    """Put trained adapters beside those in force, which stay in force, and draw no random number.

    Raises: ConfigError: they were trained on a network of another shape than `trunk`, which is part of `adapted`.
    """
    with _as_trained(adapted):
        adapted.add_adapter(name, _settings(kept.rank), low_cpu_mem_usage=True)
    _fill(trunk, name, kept)


@contextmanager
def switched(adapted: Any, name: str | None) -> Iterator[None]:
    """While it lasts, the adapters of this name are in force; with None, none are. Other networks only read them.

    Afterwards those are that were before, or none: it may be asked for while it lasts. Which weights are trained does
    not change: the library would freeze what is not in force, losing its gradients.
    """
    active, was_on = adapted.active_adapter, _are_on(adapted)
    _put_in_force(adapted, name or active, on=name is not None)
    try:
        yield
    finally:
        _put_in_force(adapted, active, on=was_on)


def merge_adapters(adapted: Any) -> Any:
    """Add the adapters in force to the weights below them, in place, and drop all others; the plain network."""
    return adapted.merge_and_unload()


def adapters_outside(network: Any, trunk: Any) -> bool:
    """Whether a layer of the network that is no part of its trunk has adapters."""
    count = [sum(".lora_" in name for name, _ in part.named_parameters()) for part in (network, trunk)]
    return count[0] > count[1]


def _are_on(adapted: Any) -> bool:
    """Whether adapters are in force; all layers agree."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    layer = next(module for module in adapted.modules() if isinstance(module, BaseTunerLayer))
    return not layer.disable_adapters


def _put_in_force(adapted: Any, name: str, *, on: bool) -> None:
    """Adapters of this name, now or once they are switched on again."""
    with _as_trained(adapted):
        adapted.set_adapter(name)
        if on:
            adapted.base_model.enable_adapter_layers()
        else:
            adapted.base_model.disable_adapter_layers()


@contextmanager
def _as_trained(adapted: Any) -> Iterator[None]:
    """Afterwards the same weights take gradients as before, and no others."""
    trained = [(parameter, parameter.requires_grad) for parameter in adapted.parameters()]
    try:
        yield
    finally:
        for parameter, was_trained in trained:
            parameter.requires_grad_(was_trained)


def _fill(trunk: Any, name: str, kept: KeptAdapters) -> None:
    """Raises: ConfigError: these are not the tensors that the trunk's adapters of this name are made of."""
    places = {_place(own, name): own for own in _named(trunk, name)}
    found = {place: tuple(tensor.shape) for place, tensor in kept.tensors.items()}
    expected = {place: tuple(trunk.get_parameter(own).shape) for place, own in places.items()}
    wrong = sorted(place for place in found.keys() | expected.keys() if found.get(place) != expected.get(place))
    if wrong:
        raise ConfigError(
            f"{len(wrong)} of the adapters' tensors do not fit their weights, first {wrong[0]}: found "
            f"{found.get(wrong[0], 'none')}, expected {expected.get(wrong[0], 'none')}. They were trained on another "
            "model, or are damaged"
        )
    own = {places[place]: tensor.float().to(device()) for place, tensor in kept.tensors.items()}
    trunk.load_state_dict(own, strict=False, assign=True)
    for parameter in _named(trunk, name).values():
        parameter.requires_grad_(False)


def _named(network: Any, name: str) -> dict[str, Any]:
    """The parameters of the adapters of this name."""
    return {own: parameter for own, parameter in network.named_parameters() if name in own.split(".")}


def _place(own: str, name: str) -> str:
    """A parameter's name without that of its adapters."""
    return ".".join(part for part in own.split(".") if part != name)


def _settings(rank: int) -> Any:
    from peft import LoraConfig

    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
