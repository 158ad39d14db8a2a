"""A real standalone Spark cluster on 127.0.0.1: a master and workers, each a process of its own, always stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HOST = "127.0.0.1"
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
SECONDS_TO_START = 60
# Short-lived processes on few cores: compile little, collect simply.
FRUGAL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def missing() -> str:
    """What is not here to start a cluster with; empty when all is."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        return "no Java (Debian: openjdk-17-jre-headless)"
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "no PySpark (the extra trocar[spark])"
    return ""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


def environment() -> dict[str, str]:
    """What every process of the cluster must know, the driver too."""
    import pyspark

    return os.environ | {
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": HOST,
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }


def settings(folder: Path, executor_memory: str = "640m") -> dict[str, str]:
    """Spark's settings for a driver on loopback with small executors."""
    return {
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.executor.memory": executor_memory,
        "spark.executor.extraJavaOptions": FRUGAL,
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        # A lost worker is noticed within seconds.
        "spark.shuffle.io.maxRetries": "2",
        "spark.shuffle.io.retryWait": "1s",
    }


@dataclass
class Cluster:
    """The running processes; a worker is named by its place in the list."""

    folder: Path
    master: str
    web: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work_folder(self, worker: int) -> Path:
        """Where a worker's executors run: their current folder is below."""
        return self.folder / f"worker-{worker}"

    def start(self, name: str, *arguments: str, memory: str = "192m") -> subprocess.Popen[bytes]:
        """Start one of Spark's own classes in a process group of its own; its log is a file of the folder."""
        command = [f"{environment()['SPARK_HOME']}/bin/spark-class", *arguments]
        told = environment() | {"SPARK_DAEMON_MEMORY": memory, "SPARK_DAEMON_JAVA_OPTS": FRUGAL}
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def add_worker(self, cores: int, memory: str) -> None:
        """Start one more worker."""
        number = len(self.workers)
        told = ["--host", HOST, "--webui-port", str(free_port()), "--cores", str(cores), "--memory", memory]
        folder = str(self.work_folder(number))
        self.workers.append(self.start(f"worker-{number}", WORKER, *told, "--work-dir", folder, self.master))

    def kill_worker(self, worker: int) -> None:
        """Kill a worker and its executors at once, as a machine that loses power."""
        os.killpg(self.workers[worker].pid, signal.SIGKILL)
        self.workers[worker].wait(timeout=10)

    def start_connect(self) -> str:
        """Start a Connect server on the cluster; its address."""
        port = free_port()
        told = settings(self.folder) | {
            "spark.connect.grpc.binding.address": HOST,
            "spark.connect.grpc.binding.port": str(port),
        }
        pairs = [word for name, value in told.items() for word in ("--conf", f"{name}={value}")]
        submit = ("org.apache.spark.deploy.SparkSubmit", "--class", CONNECT, "--master", self.master)
        server = self.start("connect", *submit, *pairs, "spark-internal", memory="800m")
        wait_until(lambda: _listens(port) or server.poll() is not None, "the Connect server")
        return f"sc://{HOST}:{port}"

    def alive_workers(self) -> int:
        """How many workers the master counts."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.web}/json/", timeout=5) as page:
                return int(json.load(page)["aliveworkers"])
        except (urllib.error.URLError, ConnectionError):
            return 0

    def stop(self) -> None:
        """Stop whatever still runs, last started first."""
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=10)


@contextmanager
def cluster(folder: Path, workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[Cluster]:
    """A master and its workers, ready for work; raises ``TimeoutError`` when they don't come up."""
    port, web = free_port(), free_port()
    running = Cluster(folder, f"spark://{HOST}:{port}", web)
    try:
        running.start("master", MASTER, "--host", HOST, "--port", str(port), "--webui-port", str(web))
        for _ in range(workers):
            running.add_worker(cores, memory)
        wait_until(lambda: running.alive_workers() == workers, "the workers")
        yield running
    finally:
        running.stop()


@contextmanager
def driver(running: Cluster) -> Iterator[SparkSession]:
    """A driver of the cluster in this process; with it ends the gateway, so that the next one begins afresh."""
    from pyspark import SparkContext

    from trocar.spark.run import session

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment().items():
            patch.setenv(name, value)
        patch.setenv("PYSPARK_SUBMIT_ARGS", f"--driver-memory 800m --driver-java-options '{FRUGAL}' pyspark-shell")
        started = session(running.master, settings(running.folder))
        yield started
        started.stop()
    gateway = SparkContext._gateway
    SparkContext._gateway = SparkContext._jvm = None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=30)


def wait_until(true: Callable[[], bool], what: str, seconds: float = SECONDS_TO_START) -> None:
    """Ask again and again; raises ``TimeoutError``."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds} s")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex((HOST, port)) == 0
