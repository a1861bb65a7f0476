"""The engine's command with all products in float32: what several processes add up is then the same to rounding."""

from rlhf_backend.__main__ import main
from rlhf_backend.models import device

if __name__ == "__main__":
    device.bf16_pays = lambda: False  # type: ignore[assignment]
    main()
