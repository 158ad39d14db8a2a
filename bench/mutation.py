"""Mutation testing: each small change of a module must make a test of it fail.

    uv run --group mutation python bench/mutation.py                    every module of bench/mutation.toml
    uv run --group mutation python bench/mutation.py core/money.py      some of them

Cosmic-ray makes the mutants; each is run in a process of its own, forked from one that has the libraries loaded, and
given the changed text by an import hook: no file is touched. Changes that only touch annotations are not counted. A
rule is run against its own examples on the starter pack, the other modules against the tests that the plan names.
Exit code 1 when a mutant survived that bench/mutation.toml does not explain.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.util
import os
import signal
import sys
import time
import tomllib
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cosmic_ray.ast import ast_nodes, get_ast  # type: ignore[import-not-found]
from cosmic_ray.mutating import mutate_code  # type: ignore[import-not-found]
from cosmic_ray.plugins import get_operator  # type: ignore[import-not-found]

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "src" / "trocar"
PLAN = REPOSITORY / "bench" / "mutation.toml"
# Loaded once for all mutants; nothing of trocar may be among them. Arrow loads pandas by itself, which takes longest.
PRELOADED = ("numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "pandas", "duckdb", "hypothesis", "openpyxl")
# What lies below pricing, loaded before its modules are changed.
BELOW_PRICING = ("trocar.claims.model", "trocar.engine.batch", "trocar.engine.starter")
OPERATORS = (
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceBinaryOperator_Mul_Add",
    "ReplaceBinaryOperator_Div_Mul", "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_Mul",
    "ReplaceBinaryOperator_BitOr_BitAnd", "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_LShift_RShift", "ReplaceBinaryOperator_RShift_LShift",
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq", "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_LtE_Lt", "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceUnaryOperator_Delete_Invert", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd", "AddNot",
    "NumberReplacer", "ZeroIterationForLoop", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
)  # fmt: skip
SECONDS = 120


@dataclass(frozen=True)
class Mutant:
    """A module's text with one change: where it is, and the line before and after."""

    operator: str
    line: int
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line} {self.operator}: {self.before.strip()} -> {self.after.strip()}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of a module that changes more than an annotation, each once."""
    source = path.read_text("utf-8")
    seen = {_meaning(source)}
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        tree = get_ast(source)
        places = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        for occurrence in range(places):
            text = mutate_code(source, operator, occurrence)
            # A star of keyword-only parameters counts as a product, and makes no program.
            with contextlib.suppress(SyntaxError):
                if text is not None and (meaning := _meaning(text)) not in seen:
                    seen.add(meaning)
                    yield _mutant(name, source, text)


def _meaning(source: str) -> str:
    """The program without annotations and docstrings, to tell whether a change changes anything."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def _mutant(operator: str, source: str, text: str) -> Mutant:
    old, new = source.splitlines(), text.splitlines()
    at = next(number for number, (one, two) in enumerate(zip(old, new, strict=False)) if one != two)
    return Mutant(operator, at + 1, old[at], new[at], text)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Gives one module the changed text."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        self.module, self.path, self.text = module, path, text

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.module else None

    def get_filename(self, name: str) -> str:
        return str(self.path)

    def get_data(self, path: str | bytes) -> bytes:
        return self.text.encode()

    def path_stats(self, path: str | bytes) -> Any:
        raise OSError("never from a cache")


def survives(path: Path, text: str, tests: Sequence[str]) -> bool:
    """Whether all tests pass with the changed text; a run that takes too long has failed."""
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            code = _run_tests(path, text, tests) if tests else _run_examples(path, text)
        os._exit(code)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run_tests(path: Path, text: str, tests: Sequence[str]) -> int:
    """In the child: the tests, silently; anything but all of them passing is a failure."""
    sys.meta_path.insert(0, _Changed(_module_of(path), path, text))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests]))


def _run_examples(path: Path, text: str) -> int:
    """In the child: the examples of the rule module, with its changed declarations in place of its own."""
    from trocar.engine.starter import open_starter
    from trocar.testing import examples

    module = types.ModuleType(_module_of(path))
    exec(compile(text, path, "exec"), module.__dict__)
    changed: tuple[Any, ...] = module.RULES
    ids = {rule.id for rule in changed}
    declared = tuple(sorted((*(rule for rule in examples.all_rules() if rule.id not in ids), *changed), key=_by_id))
    examples.all_rules = lambda: declared
    for example in examples.examples_of(module):
        if not example.needs_full_data and examples.outcome(example, changed, open_starter) != example.expect:
            return 1
    return 0


def _turn(name: str, tests: Sequence[str]) -> int:
    """When a module is run: each may find loaded only what does not use it, and rules by their examples load all."""
    return 2 if not tests else int(name.startswith("pricing/"))


def _by_id(rule: Any) -> str:
    return str(rule.id)


def _load_rules() -> None:
    """Everything that the examples of a rule need, its reference pack too, loaded before the forks."""
    from trocar.engine.starter import open_starter
    from trocar.rules.registry import all_rules
    from trocar.testing import examples

    open_starter()
    assert all_rules()
    assert examples.outcome


def _module_of(path: Path) -> str:
    return ".".join(["trocar", *path.relative_to(PACKAGE).with_suffix("").parts])


def main() -> int:
    """Run the plan, or the modules named."""
    plan = tomllib.loads(PLAN.read_text("utf-8"))["module"]
    chosen = sorted(sys.argv[1:] or plan, key=lambda name: _turn(name, plan[name].get("tests", [])))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(REPOSITORY)
    for name in PRELOADED:
        importlib.import_module(name)
    unexplained = 0
    for name in chosen:
        path, tests = PACKAGE / name, plan[name].get("tests", [])
        if not tests and "trocar.rules" not in sys.modules:
            _load_rules()
        elif _turn(name, tests) == 1:
            for below in BELOW_PRICING:
                importlib.import_module(below)
        if not survives(path, path.read_text("utf-8"), tests):
            raise SystemExit(f"{name}: the tests fail without any change: {' '.join(tests)}")
        started, found = time.monotonic(), list(mutants(path))
        alive = [mutant for mutant in found if survives(path, mutant.text, tests)]
        explained = plan[name].get("equivalent", {})
        open_ = [mutant for mutant in alive if not {mutant.before.strip(), mutant.after.strip()} & explained.keys()]
        unexplained += len(open_)
        print(
            f"{name}: {len(found)} mutants, {len(found) - len(alive)} killed, {len(alive)} survived, "
            f"{len(open_)} unexplained ({time.monotonic() - started:.0f} s)",
            flush=True,
        )
        for mutant in alive:
            print(f"  {'unexplained' if mutant in open_ else 'equivalent'} {mutant}", flush=True)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
