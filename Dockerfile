# Two images from one file: `web` (site and beat, no torch) and `worker` (the same plus the training engine).

FROM node:24-slim AS front
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=annotate.config.settings RLHF_DATA_DIR=/data HF_HOME=/data/hub HF_HUB_DISABLE_TELEMETRY=1
WORKDIR /app
RUN useradd --create-home --uid 10001 prefloop && mkdir /data && chown prefloop /data
COPY pyproject.toml constraints.txt ./
RUN pip install -c constraints.txt .

FROM base AS web
COPY manage.py ./
COPY annotate/ annotate/
COPY rlhf_backend/ rlhf_backend/
COPY --from=front /app/frontend/dist frontend/dist/
USER prefloop
EXPOSE 8000
CMD ["granian", "--interface", "asginl", "annotate.config.asgi:application", "--host", "0.0.0.0", "--port", "8000"]

FROM base AS worker
# For NVIDIA GPUs build with --build-arg TORCH_INDEX=<PyTorch's CUDA index>; empty takes the registry's default build.
ARG TORCH_INDEX=""
RUN pip install -c constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch && pip install -c constraints.txt ".[train]"
COPY manage.py ./
COPY annotate/ annotate/
COPY rlhf_backend/ rlhf_backend/
USER prefloop
CMD ["celery", "-A", "annotate.config.celery", "worker", "-Q", "default,runs", "-c", "1"]
