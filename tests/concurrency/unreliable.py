"""Labelers over HTTP whose tabs die, whose leases end and whose server is killed; they keep books of every answer."""

import asyncio
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

CSRF = "c" * 32
IDLE_SECONDS = 0.3
"""Between two looks at a queue that has nothing for the labeler at the moment."""


@dataclass
class Books:
    """What a labeler was told: client id → preference, and what became of those."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    """Sent by a tab that died: taken or not, but never twice."""
    undo_unanswered: set[str] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def certain(self) -> dict[str, int]:
        """What must stand."""
        gone = self.undone | self.undo_unanswered
        return {client_id: pk for client_id, pk in self.acknowledged.items() if client_id not in gone}


@dataclass
class Labeler:
    """Claims, judges, now and then skips, undoes, releases, forgets, sends twice, or loses the tab in mid-request."""

    address: str
    project: int
    session: str
    draw: random.Random
    over: asyncio.Event
    books: Books = field(default_factory=Books)
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self._open_tab()

    def _open_tab(self) -> None:
        self.http = httpx.AsyncClient(
            base_url=f"{self.address}/api/projects/{self.project}/",
            timeout=60,
            cookies={"sessionid": self.session, "csrftoken": CSRF},
            headers={"X-CSRFToken": CSRF},
        )

    async def work(self) -> None:
        try:
            while not self.over.is_set():
                claimed, _ = await self._insist("claim/", {"count": self.draw.randint(2, 8)})
                slots = claimed.json()["assignments"] if claimed.status_code == 200 else []
                for slot in slots:
                    if not await self._treat(slot["id"]):
                        break
                if not slots:
                    await asyncio.sleep(IDLE_SECONDS)
        finally:
            await self.http.aclose()

    async def _treat(self, slot: int) -> bool:
        """Judge it, mostly. False when the tab died, and with it what it held."""
        chance = self.draw.random()
        if chance < 0.01:
            await self._tell("skips/", {"client_id": str(uuid.uuid4()), "assignment_id": slot, "reason": "unsure"})
        elif chance < 0.03:
            await self._tell("release/", {"assignment_ids": [slot]})
        elif chance < 0.04:
            self.books.events["forgotten"] += 1
        elif chance < 0.06:
            await self._tell("heartbeat/", {"assignment_ids": [slot]})
            return await self._judge(slot)
        else:
            return await self._judge(slot)
        return True

    async def _judge(self, slot: int) -> bool:
        body = self._verdict(slot)
        chance = self.draw.random()
        if chance < 0.04:
            return await self._judge_in_a_dying_tab(body)
        if chance < 0.16:
            self.books.events["sent twice"] += 1
            answers = await asyncio.gather(*(self._insist("verdicts/", body) for _ in range(2)))
            taken = [self._note(body, answer) for answer, _ in answers]
            if taken[0] != taken[1]:
                await self._settle(body, [answer for answer, _ in answers])
        else:
            answer, _ = await self._insist("verdicts/", body)
            taken = [self._note(body, answer)]
        if taken[0] and self.draw.random() < 0.03:
            await self._undo(body)
        return True

    async def _settle(self, body: dict[str, Any], answers: list[httpx.Response]) -> None:
        """One copy came when all verdicts were given, the other after somebody had taken theirs back.

        No other refusal fits a verdict that was taken, and from then on every copy must be told that it was.
        """
        self.books.events["told both"] += 1
        codes = {answer.json()["code"] for answer in answers if answer.status_code >= 400}
        again, _ = await self._insist("verdicts/", body)
        if codes != {"assignment/expired"} or not self._note(body, again):
            told = [f"{answer.status_code} {answer.text[:300]}" for answer in (*answers, again)]
            self.books.contradictions.append(f"{body['client_id']} was both taken and refused: {told}")

    async def _judge_in_a_dying_tab(self, body: dict[str, Any]) -> bool:
        """The request is cut off at a random moment. Half of the tabs come back and send what they had kept."""
        self.books.events["tab died"] += 1
        request = asyncio.create_task(self.http.post("verdicts/", json=body))
        await asyncio.wait([request], timeout=self.draw.uniform(0, 0.06))
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        await self.http.aclose()
        self._open_tab()
        if self.draw.random() < 0.5:
            answer, _ = await self._insist("verdicts/", body)
            self._note(body, answer)
        else:
            self.books.unanswered.add(body["client_id"])
        return False

    async def _undo(self, body: dict[str, Any]) -> None:
        asked = {"assignment_id": body["assignment_id"], "client_id": body["client_id"]}
        answer, tries = await self._insist("undo/", asked)
        if answer.status_code == 200:
            self.books.events["undone"] += 1
            self.books.undone.add(body["client_id"])
        elif tries > 1:  # the first try may have been heard
            self.books.undo_unanswered.add(body["client_id"])

    def _verdict(self, slot: int) -> dict[str, Any]:
        body = {"client_id": str(uuid.uuid4()), "assignment_id": slot, "active_ms": 1500}
        if self.draw.random() < 0.2:
            return {**body, "kind": self.draw.choice(("tie", "both_bad"))}
        return {**body, "kind": "prefer", "side": self.draw.choice(("left", "right")), "strength": 2}

    def _note(self, body: dict[str, Any], answer: httpx.Response) -> bool:
        """True when the verdict was taken, now or before."""
        if answer.status_code not in (200, 201):
            self.books.refused[answer.json()["code"]] += 1
            return False
        pk = answer.json()["preference_id"]
        if self.books.acknowledged.setdefault(body["client_id"], pk) != pk:
            self.books.contradictions.append(f"{body['client_id']} has two preferences")
        return True

    async def _tell(self, path: str, body: dict[str, Any]) -> None:
        answer, _ = await self._insist(path, body)
        self.books.events[path.strip("/")] += 1
        if answer.status_code >= 400:
            self.books.refused[answer.json()["code"]] += 1

    async def _insist(self, path: str, body: dict[str, Any]) -> tuple[httpx.Response, int]:
        """The server's answer, however often it has to be asked, and how often that was."""
        tries = 0
        while True:
            tries += 1
            try:
                answer = await self.http.post(path, json=body)
            except httpx.TransportError:
                self.books.events["connection lost"] += 1
                await asyncio.sleep(0.1)
                continue
            if answer.status_code >= 500:
                raise AssertionError(f"{path} → {answer.status_code}: {answer.text[:500]}")
            return answer, tries
