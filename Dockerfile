FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements/base.txt requirements/
RUN /venv/bin/pip install --require-hashes -r requirements/base.txt
COPY manage.py ./
COPY triage triage
COPY templates templates
COPY static static
# The key signs nothing that outlives this line; without one, a key file would end up in the image.
# An empty manifest tells the settings that hashed names are wanted; collectstatic fills it.
RUN mkdir static-collected \
    && echo '{"version": "1.1", "paths": {}}' > static-collected/staticfiles.json \
    && SECRET_KEY=for-the-build-only TRIAGE_VAR=/tmp/var /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m compileall -q triage

FROM python:3.13-slim
# Fixed numbers, so that a volume's files keep their owner from one image to the next.
RUN groupadd --gid 10001 triage \
    && useradd --uid 10001 --gid triage --home-dir /app --no-create-home --shell /usr/sbin/nologin triage \
    && install -d -o triage -g triage -m 0750 /app/var
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TRIAGE_VAR=/app/var
WORKDIR /app
USER triage
VOLUME /app/var
EXPOSE 8000
# Asked under a name the desk answers to, and as if over https, which a public address insists on.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-c", "\
import os, urllib.request as web; \
name = os.environ.get('ALLOWED_HOSTS', '').replace(',', ' ').split() or ['localhost']; \
headers = {'Host': name[0].lstrip('*.') or 'localhost', 'X-Forwarded-Proto': 'https'}; \
web.urlopen(web.Request('http://127.0.0.1:8000/healthz', headers=headers), timeout=4)"]
CMD ["uvicorn", "triage.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--no-access-log", "--timeout-graceful-shutdown", "10"]
