FROM python:3.12-slim-bookworm AS base
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app


FROM base AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc gettext libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-cache --no-default-groups --group assets --extra postgres
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build \
    && msgfmt --check-format --output-file=locale/zh_Hans/LC_MESSAGES/django.mo locale/zh_Hans/LC_MESSAGES/django.po \
    # These two values sign and seal nothing: collectstatic only has to start.
    && SECRET_KEY=build FIELD_KEYS=build:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
       python manage.py collectstatic --noinput --verbosity 0 \
    && uv sync --frozen --no-cache --no-default-groups --extra postgres \
    && rm -rf node_modules frontend


FROM base
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home shouwang
COPY --from=build /app /app
# Beat writes its clock here, the worker the anchors; nobody writes the code.
RUN mkdir -p var /anchors && chown shouwang:shouwang var /anchors
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "setup/healthcheck.py"]
CMD ["gunicorn", "portal.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
