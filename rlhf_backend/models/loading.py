"""Models from a local directory or a hub: safetensors only, never code from the model's repository."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from rlhf_backend.errors import ConfigError
from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.device import device
from rlhf_backend.models.suitability import refuse_encoder_decoder, refuse_reading_ahead, refuse_unsampleable

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True)
class LanguageModel:
    """A causal language model, frozen and in evaluation mode, with what is needed to talk to it.

    `stored_dtype` is the precision of the files; `network` is in the precision that was asked for.
    """

    network: Any
    codec: ChatCodec
    context: int
    stored_dtype: torch.dtype
    source: str


def load_language_model(source: str, *, warn: Callable[[str], None], dtype: torch.dtype | None = None) -> LanguageModel:
    """The model at a directory or of a hub id; `dtype` None keeps the precision of the files.

    Raises: ConfigError: there is no such model, its weights are not safetensors or not all there, it needs code of its
    own, its tokenizer is not its own, or its architecture cannot be sampled from.
    """
    check_source(source)
    from transformers import AutoModelForCausalLM

    model = _load(source, AutoModelForCausalLM, warn=warn, dtype=dtype)
    refuse_unsampleable(model.network, source)
    return model


def load_backbone(source: str, *, warn: Callable[[str], None], dtype: torch.dtype | None = None) -> LanguageModel:
    """The same without an output layer: its hidden states are what is read.

    Raises: ConfigError: as `load_language_model`.
    """
    check_source(source)
    from transformers import AutoModel

    return _load(source, AutoModel, warn=warn, dtype=dtype)


def trunk_of(network: Any) -> Any | None:
    """The part of a language model that `load_backbone` loads of the same source; None where that is no part of it."""
    from transformers import MODEL_MAPPING

    trunk = network.base_model
    return trunk if type(trunk) is MODEL_MAPPING.get(type(network.config), None) else None


def load_codec(source: str, *, warn: Callable[[str], None]) -> tuple[ChatCodec, int]:
    """How to talk to the model at `source`, and its context in tokens, without its weights.

    Raises: ConfigError: as `load_language_model`.
    """
    check_source(source)
    from transformers import AutoConfig, AutoTokenizer

    with _explaining(source):
        tokenizer = AutoTokenizer.from_pretrained(source, **_options(source))
        config = AutoConfig.from_pretrained(source, **_options(source))
    return ChatCodec(tokenizer, stop_ids=frozenset({tokenizer.eos_token_id} - {None}), warn=warn), _context(config)


def check_source(source: str) -> None:
    """Refuse what cannot be a model before anything slow is imported.

    Raises: ConfigError: a missing directory, one without config.json, or one whose weights are pickled.
    """
    path = Path(source)
    if not path.is_dir():
        if path.is_absolute() or source.startswith(".") or source.count("/") > 1:
            raise ConfigError(f"there is no model directory {source}: it was moved or removed, choose another model")
        return
    if not (path / "config.json").is_file():
        raise ConfigError(f"{source} holds no config.json: expected a Hugging Face model directory")
    if not any(path.glob("*.safetensors")):
        pickled = sorted(p.name for pattern in _PICKLED for p in path.glob(pattern))
        found = f"only {', '.join(pickled)}, which can run code when read" if pickled else "no weights"
        raise ConfigError(f"{source} holds {found}: expected model.safetensors (save_pretrained writes it)")


def _load(source: str, factory: Any, *, warn: Callable[[str], None], dtype: torch.dtype | None) -> LanguageModel:
    from transformers import AutoConfig, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    with _explaining(source):
        refuse_encoder_decoder(AutoConfig.from_pretrained(source, **_options(source)), source)
        tokenizer = AutoTokenizer.from_pretrained(source, **_options(source))
        network, told = factory.from_pretrained(
            source, use_safetensors=True, dtype="auto", output_loading_info=True, **_options(source)
        )
    stored_dtype = next(network.parameters()).dtype
    network = network.to(device=device(), dtype=dtype or stored_dtype).eval().requires_grad_(False)
    refuse_reading_ahead(network, source)
    _refuse_incomplete(source, network, tokenizer, missing=told["missing_keys"])
    codec = ChatCodec(tokenizer, stop_ids=_stop_ids(network, tokenizer), warn=warn)
    return LanguageModel(network, codec, _context(network.config), stored_dtype, source)


def _options(source: str) -> dict[str, bool]:
    """Nothing of a model's repository is run, and a directory is all that is read."""
    return {"trust_remote_code": False, "local_files_only": Path(source).is_dir()}


@contextmanager
def _explaining(source: str) -> Iterator[None]:
    """Raises: ConfigError: what the library could not load, in words."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"the model {source!r} cannot be loaded: {_explained(error)}") from error


def save_language_model(model: LanguageModel, network: Any, directory: Path) -> None:
    """Write `network` in the precision of the files it came from, with tokenizer, into an existing directory.

    The network itself is rounded: its training ends here.
    """
    network.to(model.stored_dtype).save_pretrained(directory)
    model.codec.save(directory)


def directory_size(path: Path) -> int:
    """Bytes of all files below a directory."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _stop_ids(network: Any, tokenizer: Any) -> frozenset[int]:
    listed = getattr(getattr(network, "generation_config", None), "eos_token_id", None)
    ids = set(listed if isinstance(listed, list) else [listed]) | {tokenizer.eos_token_id}
    return frozenset(int(i) for i in ids if i is not None)


def _context(config: Any) -> int:
    """Longest sequence of the model, tokens. Models without a limit of their own (recurrent ones) get 32,768."""
    for name in ("max_position_embeddings", "n_positions", "max_sequence_length"):
        value = getattr(config, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 32_768


def _refuse_incomplete(source: str, network: Any, tokenizer: Any, *, missing: Collection[str]) -> None:
    """Raises: ConfigError: weights would be drawn at random, or the tokenizer knows tokens that the model does not."""
    if missing:
        names = ", ".join(sorted(missing)[:3])
        raise ConfigError(
            f"{source} lacks {len(missing)} of the tensors of {type(network).__name__} ({names}): expected all weights "
            "of a language model, not those of its trunk or of another task"
        )
    known, used = len(network.get_input_embeddings().weight), max(tokenizer.get_vocab().values(), default=-1)
    if used >= known:
        raise ConfigError(
            f"the tokenizer of {source} has token {used}, its model knows {known} tokens: they belong to different "
            "models, or the embeddings were not resized after tokens were added"
        )


def _explained(error: BaseException) -> str:
    if "trust_remote_code" in str(error):
        return "it needs code of its own, which is never run. Expected an architecture of the transformers library"
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else 'no message'}"
