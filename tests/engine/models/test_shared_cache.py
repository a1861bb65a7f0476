"""Rows that share the keys of their prompt see what rows of their own would."""

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from rlhf_backend.models.shared_cache import SharedCache

PROMPTS, SAMPLES, HEADS, GROUPS, SIZE = 3, 4, 4, 2, 8
LENGTHS = torch.tensor([5, 2, 4])


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def test_rows_see_their_prompt_and_themselves_whichever_have_left() -> None:
    torch.manual_seed(0)
    cache = SharedCache(LENGTHS, 5, samples=SAMPLES, new_tokens=7)
    keys, values = random(PROMPTS, GROUPS, 5, SIZE), random(PROMPTS, GROUPS, 5, SIZE)
    cache.add_layer(keys, values)
    # What each row sees, in a list of its own: (G, tokens so far, D)
    seen = [(keys[p, :, : LENGTHS[p]], values[p, :, : LENGTHS[p]]) for p in range(PROMPTS) for _ in range(SAMPLES)]
    # The second prompt loses all its rows, the others some.
    for left in (12, [0, 2, 3, 5, 8, 11], [0, 1, 4, 5], [2]):
        if isinstance(left, list):
            cache.keep(torch.tensor(left))
            seen = [seen[row] for row in left]
        for _ in range(1 if len(seen) == 1 else 2):
            query, key, value = (random(len(seen), heads, 1, SIZE) for heads in (HEADS, GROUPS, GROUPS))
            seen = [(torch.cat([k, key[i]], 1), torch.cat([v, value[i]], 1)) for i, (k, v) in enumerate(seen)]
            mixed = cache.attend(0, query, key, value)
            cache.advance()
            for row, (k, v) in enumerate(seen):
                expected = scaled_dot_product_attention(query[row : row + 1], k[None], v[None], enable_gqa=True)
                torch.testing.assert_close(mixed[row : row + 1], expected, atol=1e-6, rtol=1e-5)
