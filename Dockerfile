# Custodian for production: the same code as the demo, without the embedded services.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --extra analytics --compile-bytecode

FROM python:3.11-slim-bookworm
WORKDIR /app
RUN groupadd --gid 10001 custodian \
    && useradd --uid 10001 --gid custodian --no-create-home --shell /usr/sbin/nologin custodian \
    && install -d -o custodian -g custodian -m 0700 /var/lib/custodian \
       /var/lib/custodian-log/head /var/lib/custodian-log/copies
COPY --from=build /app/.venv .venv
COPY manage.py ./
COPY custodian custodian
COPY access access
COPY records records
COPY transfers transfers
COPY incidents incidents
COPY templates templates
COPY locale locale
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    CUSTODIAN_ENV=production \
    CUSTODIAN_VAR=/var/lib/custodian
# Static files carry their hash in their name, so they are collected once, here.
RUN CUSTODIAN_SECRET_KEY=build CUSTODIAN_HOSTS=build CUSTODIAN_VAR=/tmp/build \
    python manage.py collectstatic --noinput --verbosity 0 \
    && mv /tmp/build/static /app/static
ENV CUSTODIAN_STATIC=/app/static
USER custodian
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=4)"
CMD ["gunicorn", "custodian.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--log-level", "warning"]
