"""Measure the server: start-up, and times of answers to concurrent clients.

Usage: python bench/http_bench.py [--store DIR] [--workers N] [--clients N] [--requests N]

The clients are plain sockets in this process, which shares the processors with the server; each sends its next request
when it has its answer. A first round, not counted, warms the server up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

CODES = ("20610", "77002", "76942", "64483", "77012")
DAY = "2024-08-15"


@dataclass(frozen=True)
class Question:
    """One request that is asked again and again; ``{n}`` in a body differs each time."""

    name: str
    method: str
    path: str
    body: str = ""

    def bytes_of(self, number: int) -> bytes:
        """The request as it goes over the socket."""
        body = self.body.replace("{n}", str(number)).encode()
        kind = "Content-Type: application/json\r\n" if body else ""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: bench\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def questions() -> list[Question]:
    """A price, a claim of five lines, statements of a code, the page of a code."""
    line = {"claim_id": "C{n}", "patient_id": "P{n}", "service_date": DAY, "place_of_service": "22", "zip": "10001"}
    lines = [line | {"line": number, "hcpcs": code} for number, code in enumerate(CODES, 1)]
    return [
        Question("price of one line", "GET", f"/api/v1/price?code=77002-26&on={DAY}&zip=10001&pos=22"),
        Question("check of a claim of 5 lines", "POST", "/api/v1/check", json.dumps({"lines": lines})),
        Question("statements of a code", "GET", f"/api/v1/codes/77002?on={DAY}&zip=10001"),
        Question("page of a code", "GET", f"/codes/77002?on={DAY}&zip=10001&pos=22"),
    ]


async def client(address: tuple[str, int], question: Question, first: int, count: int) -> list[tuple[float, int]]:
    """One client's requests in turn; seconds and status of each."""
    reader, writer = await asyncio.open_connection(*address)
    answers = []
    for number in range(first, first + count):
        request = question.bytes_of(number)
        begun = perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = next(row for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        answers.append((perf_counter() - begun, status))
    writer.close()
    return answers


async def ask(address: tuple[str, int], question: Question, clients: int, requests: int) -> list[tuple[float, int]]:
    """All clients at once."""
    each = requests // clients
    asked = [client(address, question, number * each, each) for number in range(clients)]
    return [answer for answers in await asyncio.gather(*asked) for answer in answers]


def processor_seconds(server: int) -> float:
    """What the server's processes have used so far (Linux)."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = 0
    for process in (str(server), *children):
        after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(server: int, address: tuple[str, int], clients: int, requests: int) -> None:
    """Print a line for each question that the server answers."""
    for question in questions():
        warm = asyncio.run(ask(address, question, clients, clients * 4))
        if any(status != 200 for _, status in warm):
            print(f"{question.name:<30} not answered: status {warm[0][1]}")
            continue
        begun, worked = perf_counter(), processor_seconds(server)
        answers = asyncio.run(ask(address, question, clients, requests))
        wall, worked = perf_counter() - begun, processor_seconds(server) - worked
        times = sorted(seconds for seconds, _ in answers)
        p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        refused = sum(status != 200 for _, status in answers)
        print(
            f"{question.name:<30} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   max {times[-1] * 1000:6.1f} ms   "
            f"{len(answers) / wall:6.0f} a second   processor {worked / len(answers) * 1000:5.2f} ms each   "
            f"{refused} refused"
        )


@contextmanager
def serving(arguments: list[str]) -> Iterator[tuple[int, tuple[str, int]]]:
    """A server on a free port that has given its first answer: its process and its address; it ends with the block."""
    begun = perf_counter()
    command = [str(Path(sys.executable).with_name("trocar")), "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            url = urlsplit(server.stdout.readline().split()[-1])
            address = (url.hostname or "", url.port or 0)
            asyncio.run(ask(address, Question("health", "GET", "/healthz"), 1, 1))
            print(f"{'start-up, until the first answer':<30} {perf_counter() - begun:.2f} s")
            yield server.pid, address
        finally:
            server.terminate()


def main() -> None:
    """Start, measure, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store")
    parser.add_argument("--workers", default="2")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--requests", type=int, default=3_200)
    given = parser.parse_args()
    store = ["--store", given.store] if given.store else []
    with serving(["--workers", given.workers, *store]) as (server, address):
        measure(server, address, given.clients, given.requests)


if __name__ == "__main__":
    main()
