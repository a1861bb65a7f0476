"""Keys and values of completions being written: those of a prompt are kept once for all its samples."""

import torch
from torch import Tensor


class SharedCache:
    """Row p·K + k is sample k of prompt p; G heads of keys and values, P prompts of at most W tokens.

    A step reads each prompt's keys once for its K samples, so a longer prompt costs a K-th of what rows of their own
    would cost, in memory and in time.
    """

    def __init__(self, lengths: Tensor, width: int, *, samples: int, new_tokens: int) -> None:
        """lengths: of the prompts, right-padded to `width`. (P,)"""
        self._samples, self._new_tokens, self._width = samples, new_tokens, width
        self._prompt_keys: list[Tensor] = []
        self._prompt_values: list[Tensor] = []
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        self._filled = 0
        self._slots: Tensor | None = None  # p·K + k of the rows that are left; None while all are
        self._hidden = torch.arange(width, device=lengths.device) >= lengths.unsqueeze(-1)  # (P, W)
        self._pads = bool(self._hidden.any())

    def add_layer(self, keys: Tensor, values: Tensor) -> None:
        """Keep the keys and values of the prompts, and make room for the completions'. (P, G, W, D)"""
        prompts, heads, _, size = keys.shape
        room = (prompts * self._samples, heads, self._new_tokens, size)
        self._prompt_keys.append(keys.contiguous())
        self._prompt_values.append(values.contiguous())
        self._keys.append(keys.new_empty(room))
        self._values.append(values.new_empty(room))

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Append the keys and values of one token a row and let it see them. (R, H, 1, D), (R, G, 1, D) → (R, H, 1, D)

        All layers append at the same place, until `advance`.
        """
        end = self._filled + 1
        self._keys[layer][:, :, self._filled : end] = key
        self._values[layer][:, :, self._filled : end] = value
        keys, values = self._keys[layer][:, :, :end], self._values[layer][:, :, :end]
        asking = (query * query.shape[-1] ** -0.5).reshape(len(query), key.shape[1], -1, query.shape[-1])
        of_prompt = self._by_prompt(asking) @ self._prompt_keys[layer].transpose(-1, -2)
        if self._pads:
            of_prompt.masked_fill_(self._hidden[:, None, None], float("-inf"))
        scores = torch.cat([self._by_row(of_prompt), asking @ keys.transpose(-1, -2)], -1)
        weights = scores.softmax(-1, dtype=torch.float32).to(scores.dtype)
        on_prompt, on_own = torch.split(weights, [self._width, end], -1)
        seen = self._by_row(self._by_prompt(on_prompt) @ self._prompt_values[layer])
        mixed: Tensor = seen + on_own @ values
        return mixed.reshape(query.shape)

    def advance(self) -> None:
        """The next token stands behind those that were appended."""
        self._filled += 1

    def keep(self, rows: Tensor) -> None:
        """Drop all but these rows, and the prompts that none is left of. (R',) indices, rising"""
        self._keys = [keys.index_select(0, rows) for keys in self._keys]
        self._values = [values.index_select(0, rows) for values in self._values]
        slots = rows if self._slots is None else self._slots[rows]
        owners = slots // self._samples
        prompts, places = torch.unique(owners, return_inverse=True)
        if len(prompts) < len(self._hidden):
            self._prompt_keys = [keys.index_select(0, prompts) for keys in self._prompt_keys]
            self._prompt_values = [values.index_select(0, prompts) for values in self._prompt_values]
            self._hidden = self._hidden[prompts]
        self._slots = places * self._samples + slots % self._samples

    def _by_prompt(self, x: Tensor) -> Tensor:
        """The rows of each prompt beside each other, zeros for those that are gone. (R, G, N, X) → (P, G, K·N, X)"""
        if self._slots is not None:
            x = x.new_zeros(len(self._hidden) * self._samples, *x.shape[1:]).index_copy_(0, self._slots, x)
        _, heads, queries, last = x.shape
        return (
            x.view(-1, self._samples, heads, queries, last)
            .transpose(1, 2)
            .reshape(-1, heads, self._samples * queries, last)
        )

    def _by_row(self, x: Tensor) -> Tensor:
        """The way back. (P, G, K·N, X) → (R, G, N, X)"""
        prompts, heads, _, last = x.shape
        x = x.view(prompts, heads, self._samples, -1, last).transpose(1, 2)
        x = x.reshape(prompts * self._samples, heads, -1, last)
        return x if self._slots is None else x.index_select(0, self._slots)
