"""From an exception to what an admin reads: who can act, and what to do."""

import errno
import re

from rlhf_backend.errors import CoreError, FailureCode
from rlhf_backend.types import Failure

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# The safetensors writer ("os error 28") and shutil.copytree ("[Errno 28]", once for each file) report in words only.
_DISK_WORDS = re.compile(rf"(os error |\[Errno )({errno.ENOSPC}|{errno.EDQUOT}|{errno.EFBIG})\b")
_MEMORY_WORDS = re.compile(r"can't allocate memory|out of memory|CUBLAS_STATUS_ALLOC_FAILED", re.IGNORECASE)


def explain(error: BaseException) -> Failure:
    """The failure of a run that ended with `error`. The original message is kept at the end."""
    if isinstance(error, CoreError):
        return Failure(code=error.code, message=str(error))
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError) or _MEMORY_WORDS.search(text):
        return Failure(
            code=FailureCode.RESOURCE,
            message=f"The machine ran out of memory. Use a smaller batch, shorter completions or a smaller "
            f"model. ({text})",
        )
    if (isinstance(error, OSError) and error.errno in _DISK) or _DISK_WORDS.search(text):
        return Failure(
            code=FailureCode.RESOURCE,
            message=f"The disk is full. Free some space where run directories are kept and start again. ({text})",
        )
    return Failure(code=FailureCode.INTERNAL, message=f"The engine stopped on an error it does not know. ({text})")
