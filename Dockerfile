# pipec with Python for `run --local`: docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" pipec check
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY grammar grammar
COPY docs/errors docs/errors
RUN cargo build --release --locked --bin pipec

FROM python:3.12-slim-bookworm
COPY --from=build /source/target/release/pipec /usr/local/bin/pipec
RUN useradd --create-home pipec
USER pipec
WORKDIR /work
ENTRYPOINT ["pipec"]
