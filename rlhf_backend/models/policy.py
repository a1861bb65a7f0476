"""A policy in training beside the reference it is held to."""

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch

from rlhf_backend.distributed import world
from rlhf_backend.models.adapters import (
    KeptAdapters,
    adapters_outside,
    add_adapter,
    add_kept_adapters,
    merge_adapters,
    switched,
    with_adapters,
)
from rlhf_backend.models.device import must_be_sharded
from rlhf_backend.models.hf_decoder import HfDecoder, decoder_of
from rlhf_backend.models.llama_decoder import LlamaDecoder
from rlhf_backend.models.loading import LanguageModel, load_language_model, save_language_model, trunk_of
from rlhf_backend.models.scoring import Batch, CompletionScorer, CompletionScores
from rlhf_backend.models.shards import Sharded


class TunedPolicy:
    """A language model with float32 weights of which all, or LoRA adapters, are trained.

    Where its training does not fit in one process, `must_be_sharded` says so; from `shard` on `network` is empty except
    while it is `whole`.
    """

    def __init__(
        self, source: str, *, lora_rank: int, warn: Callable[[str], None], will_be_trained: bool = True
    ) -> None:
        """Raises: ConfigError: the model cannot be loaded. ResourceError: its weights cannot all be trained here."""
        self.will_be_trained = will_be_trained
        self.language_model: LanguageModel = load_language_model(source, warn=warn, dtype=torch.float32)
        self.network: Any = self.language_model.network
        self._adapted: Any = None
        self._sharded: Sharded | None = None
        self.must_be_sharded = False
        if lora_rank:
            self._adapted = with_adapters(self.network, lora_rank)
            self.network = self._adapted.get_base_model()
        else:
            weights = sum(parameter.numel() for parameter in self.network.parameters())
            instead = "Train LoRA adapters (lora_rank), choose a smaller model"
            if will_be_trained:
                self.must_be_sharded = must_be_sharded(weights, "policy", instead=instead, processes=world())
            self.network.requires_grad_(True)
        self.scorer = self._scorer = CompletionScorer(self.network)

    def decoder(self) -> LlamaDecoder | HfDecoder:
        return decoder_of(self.network)

    @property
    def trained(self) -> Any:
        """The network that takes gradients."""
        return self.network if self._sharded is None else self._sharded.network

    def shard(self) -> None:
        """Leave this process a part of every weight. To be called by all processes at once, before the first step."""
        self._sharded = Sharded(self.network)
        self.scorer = self._scorer.of_sharded(self._sharded.network)

    @contextmanager
    def whole(self, *, everywhere: bool = True) -> Iterator[None]:
        """While it lasts, this process, or the first alone, has all weights to sample with, to look at and to save.

        To be entered by all processes at once.
        """
        if self._sharded is None:
            yield
            return
        in_steps, self.scorer = self.scorer, self._scorer
        try:
            with self._sharded.whole(everywhere=everywhere):
                yield
        finally:
            self.scorer = in_steps

    def put_together(self) -> None:
        """The steps are over: the first process has all weights. To be called by all processes at once."""
        if self._sharded is not None:
            self._sharded.put_together()
            self._sharded, self.scorer = None, self._scorer

    def before_tuning(self) -> AbstractContextManager[Any]:
        """While it lasts, the policy is the one that was loaded. Adapters only.

        Raises: ValueError: every weight is trained, so the loaded policy is gone.
        """
        if self._adapted is None:
            raise ValueError("only adapters can be switched off")
        return switched(self._adapted, None)

    def beside(self, name: str, rank: int) -> Callable[[], AbstractContextManager[None]]:
        """More adapters on the same weights, trained as the policy's own are; what switches them on in its stead.

        Raises: ValueError: every weight is trained, so there is nothing to share.
        """
        if self._adapted is None:
            raise ValueError("only adapters can share the weights below them")
        add_adapter(self._adapted, name, rank)
        return partial(switched, self._adapted, name)

    @property
    def trunk(self) -> Any | None:
        """Below the adapters, what `load_backbone` gives for the policy's source; None where that cannot be had of it.

        So it is where every weight is trained, or where the model is no trunk with an output layer.
        """
        trunk = trunk_of(self.network) if self._adapted is not None else None
        return None if trunk is None or adapters_outside(self.network, trunk) else trunk

    def carrying(self, name: str, kept: KeptAdapters) -> Callable[[], AbstractContextManager[None]]:
        """Adapters that were trained before on the trunk's weights, and are only read; what switches them on instead.

        Raises: ConfigError: they were trained on another network. ValueError: the policy has no trunk to share.
        """
        if self.trunk is None:
            raise ValueError("only below adapters there is a trunk to share")
        add_kept_adapters(self._adapted, self.trunk, name, kept)
        return partial(switched, self._adapted, name)

    def save(self, directory: Path) -> None:
        """Write the policy, adapters merged, in the precision it was loaded in. It must not be trained afterwards."""
        network = merge_adapters(self._adapted) if self._adapted is not None else self.network
        save_language_model(self.language_model, network, directory)

    def save_copy(self, directory: Path) -> None:
        """Write what `save` would, and leave the policy as it is: its training goes on.

        The weights are copied to the processor, already rounded where no adapters are to be added first: an accelerator
        that training fills has no room for them twice.
        """
        dtype = torch.float32 if self._adapted else self.language_model.stored_dtype
        rounded = {
            id(weight): torch.nn.Parameter(weight.detach().to("cpu", dtype, copy=True), requires_grad=False)
            for weight in (self._adapted or self.network).parameters()
        }
        adapted, network = copy.deepcopy((self._adapted, self.network), dict(rounded))
        save_language_model(self.language_model, merge_adapters(adapted) if adapted else network, directory)


class Reference:
    """log π_ref of completions, without gradients: the policy before tuning if that is the reference, else a copy."""

    def __init__(self, source: str, policy: TunedPolicy, *, is_policy: bool, warn: Callable[[str], None]) -> None:
        """`is_policy` says that the reference is the very model from which the policy is tuned by adapters.

        Raises: ConfigError: the reference cannot be loaded, or has another vocabulary.
        """
        self.is_policy = is_policy
        if is_policy:
            self.scorer, self._context = policy.scorer, policy.before_tuning
            self._network = policy.network
        else:
            reference = load_language_model(source, warn=warn, dtype=torch.float32)
            policy.language_model.codec.refuse_other_tokens(reference.codec)
            self.scorer, self._context = CompletionScorer(reference.network), nullcontext
            self._network = reference.network
        self._decoder: LlamaDecoder | HfDecoder | None = None

    @contextmanager
    def decoding(self) -> Iterator[LlamaDecoder | HfDecoder]:
        """A decoder of the reference, to be used while it lasts: adapters are then switched off."""
        with self._context():
            if self._decoder is None:  # its copy of the weights stays right: the reference does not change
                self._decoder = decoder_of(self._network)
            yield self._decoder

    @property
    def shares_prompts(self) -> bool:
        return self.scorer.shares_prompts

    @property
    def keeps_step(self) -> bool:
        return self.scorer.keeps_step

    @torch.no_grad()
    def __call__(self, batch: Batch, *, temperature: float = 1.0, with_entropies: bool = False) -> CompletionScores:
        """As `CompletionScorer`."""
        with self._context():
            return self.scorer(batch, temperature=temperature, with_entropies=with_entropies)
