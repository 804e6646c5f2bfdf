# Two stages: the first installs, the second runs as a user without rights. No apt: ffmpeg comes with imageio-ffmpeg.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
WORKDIR /build
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    OMVEE_BIND=0.0.0.0 \
    PORT=8000
RUN useradd --uid 10001 --user-group --create-home omvee && install -d -o 10001 -g 10001 -m 700 /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The key is for this command alone: nothing of it stays in the image.
RUN SECRET_KEY=collect DATA_DIR=/tmp/build python manage.py shell --no-imports -c \
      "from omvee.static_files import collect_static_files; collect_static_files()" && rm -rf /tmp/build
USER 10001:10001
VOLUME /data
EXPOSE 8000
# The whole studio in one container; docker-compose.yml and fly.toml start its parts one by one.
CMD ["python", "manage.py", "run_studio"]
