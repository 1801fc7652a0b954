# The portal for production: web, worker and beat run from this one image.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/base.txt /tmp/base.txt
RUN pip install --no-deps --require-hashes -r /tmp/base.txt
WORKDIR /app
COPY manage.py ./
COPY govtech govtech
COPY challenges challenges
COPY startups startups
COPY pilots pilots
COPY templates templates
COPY static static
COPY locale locale
# Values of this one step only: nothing is connected to and nothing of them stays in the image.
RUN python manage.py compile_catalogues \
 && SECRET_KEY=build ALLOWED_HOSTS=build SITE_URL=http://build DATABASE_URL=postgres://build@127.0.0.1:1/build \
    REDIS_URL=redis://127.0.0.1:1 SEALING_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= STATIC_ROOT=/app/staticfiles \
    python manage.py collectstatic --no-input --verbosity 0

FROM python:3.12-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles PRIVATE_FILES_DIR=/files
RUN groupadd --gid 10001 portal && useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent portal \
 && install -d -o portal -g portal -m 0700 /files
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER portal
VOLUME /files
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config=python:govtech.server", "govtech.wsgi:application", "--bind=0.0.0.0:8000", \
     "--worker-tmp-dir=/dev/shm"]
