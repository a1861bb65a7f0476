"""Takes the place of `python -m rlhf_backend.chat`: the last message of a request says what it does.

`python -m tests.annotate.fake_chat_engine FOLDER`; FOLDER/starts counts the processes, FOLDER/asked keeps the requests.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    folder = Path(sys.argv[1])
    with (folder / "starts").open("a") as file:
        file.write(f"{os.getpid()}\n")
    for line in sys.stdin:
        with (folder / "asked").open("a") as file:
            file.write(line)
        _answer(folder, json.loads(line))


def _answer(folder: Path, asked: dict[str, Any]) -> None:
    said, starts = asked["messages"][-1]["content"], len((folder / "starts").read_text().splitlines())
    if said == "die" or (said == "die once" and starts == 1):
        _say(asked, index=0, delta="half an")
        os.kill(os.getpid(), signal.SIGKILL)
    if said == "refuse":
        return _say(asked, error="the longest completion fills the model's context: lower it.")
    if said == "nonsense":
        print("what?", flush=True)
        return None
    texts = {"same": ["Yes.", "Yes."], "nothing": ["", ""], "nul": ["a\x00b", "\U0001f642 <script>alert(1)</script>"]}
    left, right = texts.get(said, [f"{said}, left", f"{said}, right"])
    for index, text in enumerate((left, right)):
        _say(asked, index=index, delta=text[:3])
    if said == "wait":
        while not (folder / "go on").exists():
            time.sleep(0.01)
    answers = [
        {"text": text, "logprob": -2.5, "tokens": 4, "ended": True, "seed": 7 + index}
        for index, text in enumerate((left, right))
    ]
    _say(asked, id="an older request", done=answers, left_out=0, cut=False)
    return _say(asked, done=answers, left_out=2, cut=True)


def _say(asked: dict[str, Any], **line: Any) -> None:
    print(json.dumps({"id": asked["id"], **line}), flush=True)


if __name__ == "__main__":
    main()
