# An image that scores calls without a network: see docs/recipes.md, "In a container".
FROM python:3.12-slim-bookworm AS build

# web for the pages too; base for scoring and questions alone.
ARG LOCK=web
# What writes down the words; see docs/models.md.
ARG MODEL=base

WORKDIR /build
RUN python -m venv /opt/speechcx
ENV PATH=/opt/speechcx/bin:$PATH
COPY locks locks
RUN pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r locks/$LOCK.txt
COPY pyproject.toml README.md LICENSE ./
COPY docs/speechcx.1 docs/speechcx.1
COPY models models
COPY samples samples
COPY speechcx speechcx
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
ENV SPEECHCX_MODELS=/opt/models
RUN speechcx models pull $MODEL

FROM python:3.12-slim-bookworm
COPY --from=build /opt/speechcx /opt/speechcx
COPY --from=build /opt/models /opt/models
ENV PATH=/opt/speechcx/bin:$PATH SPEECHCX_MODELS=/opt/models HOME=/tmp PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --no-create-home speechcx
USER 10001
WORKDIR /calls
VOLUME /calls
# Ctrl-C to speechcx: calls at hand end, the rest is given back.
STOPSIGNAL SIGINT
ENTRYPOINT ["speechcx"]
CMD ["run"]
