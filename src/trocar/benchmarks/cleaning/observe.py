"""The published rates of one code with all that does not depend on the day, worked out from extracted tables.

The tables it leaves: ``observed`` (one row per published amount, by its kind, with its facts, parties and voters),
``published`` (the same rows as published), ``kinds``, ``file_order``, ``voter_names``; by the registry loaded
``places`` (party, voter, state), ``doers`` (voter, taxonomies) and ``billers`` (voter, code). A party is one row of
``groups``; a voter is a tax number, or by contract a provider group.
"""

from __future__ import annotations

import duckdb

from trocar.benchmarks.cleaning.facts import OF_ITS_PAYER, of_its_file
from trocar.benchmarks.cleaning.observations import (
    ADDRESS,
    CODE_TYPES,
    KINDS,
    NORMAL,
    facility_places,
    name_payers,
)

# What a question needs of a rate: its kind, its place, its amount and the facts.
OBSERVED = """kind, file_id, "offset", ordinal, hospital_id, state, rate, expiration_date, parties, voters, is_resolved,
copied_codes, copied_of, base_rates, base_of, is_repeated, is_ambiguous, gross"""
# The order of files, so that of equal amounts the same place is shown however rates are kept.
FILE_ORDER = """
CREATE TABLE file_order AS
SELECT file_id, (row_number() OVER (ORDER BY file_id))::INTEGER AS file FROM (SELECT DISTINCT file_id FROM files)
"""
TABLE = """
CREATE TABLE observed AS
SELECT o.* EXCLUDE (file_id), f.file FROM (SELECT id, {columns} FROM {rates}) o JOIN file_order f USING (file_id)
"""
# A tax number as text; the type tells an EIN from an NPI of the same digits.
VOTER = "concat_ws(' ', tin_type, tin)"
_NAMED = """
CREATE TABLE named AS
SELECT DISTINCT file_id, unnest(provider_group_ids) AS provider_group_id FROM wanted WHERE provider_group_ids <> []
"""
# All groups of the tax numbers that rates of the code name: who they are is told by all their NPIs.
_BY_TIN = f"""
SELECT file_id, provider_group_id, npis, {VOTER} AS name FROM groups
WHERE tin IS NOT NULL AND {VOTER} IN (
    SELECT {VOTER} FROM groups SEMI JOIN named USING (file_id, provider_group_id) WHERE tin IS NOT NULL)
"""
_BY_CONTRACT = """
SELECT file_id, provider_group_id, coalesce(g.npis, []) AS npis,
       'contract ' || file_id || ' ' || provider_group_id AS name
FROM named LEFT JOIN groups g USING (file_id, provider_group_id)
"""
_NUMBERED = """
CREATE TABLE numbered AS
SELECT *, row_number() OVER () AS party, dense_rank() OVER (ORDER BY name)::INTEGER AS voter FROM ({groups})
"""
_EVERY = """
CREATE TABLE every_rate AS
SELECT r.file_id, r.hospital_id, r.provider_group_ids, r.amount_kind, r.rate, r.code FROM rates r
SEMI JOIN (SELECT DISTINCT file_id, hospital_id, provider_group_ids, amount_kind FROM wanted) w
  ON r.file_id = w.file_id AND r.hospital_id IS NOT DISTINCT FROM w.hospital_id
 AND r.provider_group_ids = w.provider_group_ids AND r.amount_kind = w.amount_kind
"""
# Where the providers of a party practise (by state, since a question is often about one), the taxonomies of all known
# providers of a tax number, what they billed.
REGISTRY = {
    "places": """
SELECT g.party, g.voter, s.state FROM {groups} g LEFT JOIN (
    SELECT DISTINCT party, state FROM (SELECT party, unnest(npis) AS npi FROM {groups}) JOIN providers USING (npi)
    WHERE state IS NOT NULL
) s USING (party) ORDER BY s.state, g.party
""",
    "doers": """
SELECT voter, list_distinct(flatten(list(coalesce(taxonomies, [])))) AS taxonomies
FROM (SELECT DISTINCT voter, unnest(npis) AS npi FROM {groups}) JOIN providers USING (npi) GROUP BY voter
""",
    "billers": """
SELECT DISTINCT voter, code FROM (SELECT voter, unnest(npis) AS npi FROM {groups})
SEMI JOIN providers USING (npi) JOIN billed USING (npi)
""",
}


def observe(database: duckdb.DuckDBPyConnection, code: str, *, by_contract: bool = False) -> None:
    """Create the tables from the views ``rates`` and ``groups``."""
    query = f"CREATE TABLE wanted AS SELECT * FROM rates WHERE code = ? AND code_type IN {CODE_TYPES}"
    database.execute(query, [code])
    published = database.execute("SELECT DISTINCT payer FROM wanted WHERE payer IS NOT NULL").fetchall()
    name_payers(database, [name for (name,) in published])
    normal = NORMAL.format(rates="wanted")
    query = f"CREATE TABLE normal AS SELECT row_number() OVER (ORDER BY {ADDRESS}) AS id, * FROM ({normal})"
    database.execute(query, {"facility": facility_places()})
    database.execute(KINDS)
    database.execute(_NAMED)
    database.execute(_NUMBERED.format(groups=_BY_CONTRACT if by_contract else _BY_TIN))
    database.execute(_EVERY)
    query = of_its_file(database, normal="normal", groups="numbered", every="every_rate")
    database.execute(f"CREATE TABLE of_its_file AS {query}")
    rates = f"({OF_ITS_PAYER.format(rates='of_its_file')})"
    database.execute(FILE_ORDER)
    database.execute(TABLE.format(columns=OBSERVED, rates=rates))
    database.execute("CREATE VIEW published AS SELECT * FROM normal")
    database.execute("CREATE VIEW voter_names AS SELECT DISTINCT voter, name FROM numbered")


def place_parties(database: duckdb.DuckDBPyConnection) -> None:
    """Create ``places``, ``doers`` and ``billers`` from the registry, for the groups ``numbered``."""
    for name, query in REGISTRY.items():
        database.execute(f"CREATE TABLE {name} AS {query.format(groups='numbered')}")
