# Not run where it was written: there was no container engine. See docs/serving.md.
FROM python:3.12-slim AS build
WORKDIR /source
RUN pip install --no-cache-dir uv
COPY pyproject.toml uv.lock README.md LICENSE THIRD_PARTY.md ./
COPY src src
# The wheel with the locked versions of what it needs, and PostgreSQL for the denial reports of teams.
RUN uv export --locked --no-dev --no-emit-project --extra postgresql --format requirements-txt -o requirements.txt \
    && uv venv /trocar \
    && uv pip install --python /trocar/bin/python -r requirements.txt \
    && uv pip install --python /trocar/bin/python --no-deps .

FROM python:3.12-slim
COPY --from=build /trocar /trocar
RUN useradd --system --home-dir /data --create-home trocar
USER trocar
WORKDIR /data
ENV PATH=/trocar/bin:$PATH \
    HOME=/data \
    TROCAR_CACHE=/data/cache \
    TROCAR_KEYS=/data/keys.json \
    TROCAR_HOST=0.0.0.0 \
    TROCAR_PORT=8000
# The starter pack compiled once here, so that the first start is quick.
RUN trocar price 77002 --on 2025-11-03 --national --pos 22
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
# An address that others can reach needs a key first: docker run ... trocar serve keys add NAME --scope lookup
CMD ["trocar", "serve"]
