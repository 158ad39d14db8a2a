"""``/rates``: percentiles of one code's published rates, beside Medicare's amount."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from trocar.benchmarks.compaction.rates_set import open_rates
from trocar.benchmarks.shapes import benchmark_shape, summary_shape
from trocar.benchmarks.summary import Question, summarise
from trocar.core.errors import InvalidCodeError, UsageError
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import CODE_PATTERN, PREFIX, Locality, On, Zip, day_of, place_of
from trocar.entrypoints.http.api.shapes import Shape, answers
from trocar.entrypoints.http.errors import not_found
from trocar.entrypoints.http.state import state_of
from trocar.lookup.asked import Asked

router = APIRouter(prefix=PREFIX, tags=["rates"])
_NONE = "no folder of published rates is served (trocar serve --rates DIR)"


class Rates(Shape):
    """Benchmarks of one code on a day, and what stands beside them."""

    on: str = Field(description="The date of service answered for.")
    benchmarks: list[dict[str, Any]] = Field(description="Each kind of rate that may be compared, by itself.")
    summary: dict[str, Any] | None = Field(description="Funnel, flags, files; null when no rates are served.")
    not_checked: list[str] = Field(description="What could not be checked, and why.")


@router.get("/rates/{code}", responses=answers(Rates, "Percentiles, each with its file and place."))
def rates(
    request: Request,
    code: Annotated[str, Path(description="A HCPCS code.", pattern=CODE_PATTERN, examples=["77012"])],
    on: On,
    component: Annotated[
        Literal["global", "26", "TC"] | None, Query(description="One component; all of them, each apart, by default.")
    ] = None,
    state: Annotated[str | None, Query(description="State.", pattern="^[A-Z]{2}$", examples=["MD"])] = None,
    payer: Annotated[
        str | None, Query(description="A payer, or a family: bcbs.", min_length=1, max_length=80, examples=["Aetna"])
    ] = None,
    zip: Zip = None,  # noqa: A002 (the name of the parameter)
    locality: Locality = None,
) -> Response:
    """What payers and hospitals publish for a code: as `trocar rates summary --format json`."""
    served, day = state_of(request), day_of(on)
    asked = Asked(served.pack, served.store, day)
    place = place_of(zip, locality)
    try:
        checked = asked.checked(code)
        if served.settings.rates is None:
            return Json({"on": day.isoformat(), "benchmarks": [], "summary": None, "not_checked": [_NONE]})
        payers = (payer,) if payer else ()
        question = Question(code=checked, component=component, state=state, payers=payers, place=place)
        found = summarise(open_rates(served.settings.rates), asked, question)
    except InvalidCodeError:
        raise
    except UsageError as error:
        raise not_found(error) from None
    shape = summary_shape(found)
    benchmarks = [benchmark_shape(entry) for entry in found.benchmarks]
    return Json(
        {"on": day.isoformat(), "benchmarks": benchmarks, "summary": shape, "not_checked": shape["not_checked"]}
    )
