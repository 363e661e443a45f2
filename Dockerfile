# One file for every program:
#
#   docker build --build-arg PROGRAM=preparer --tag platypus-preparer .
#
# What is built from is dist/ as `make dist` leaves it; where that is absent or older than the
# sources, it is made inside, which takes Docker and nothing else.
ARG BUILD_BASE=maven:3.9-eclipse-temurin-25
ARG BASE=eclipse-temurin:25-jre

FROM ${BUILD_BASE} AS dist
ARG PROGRAM
WORKDIR /src
COPY . .
RUN scripts/dist
# The jars of others, which change rarely, are a layer of their own.
RUN mkdir -p /program/own/lib \
    && cp -a dist/${PROGRAM} /program/all \
    && cd /program/all/lib \
    && mv program.jar intent-store-client-*.jar agent-runtime-*.jar /program/own/lib/

# A web server for the example app's artifacts: any Java has one.
FROM ${BASE} AS artifacts
COPY --from=dist /src/examples/slug/target/repo /srv/repo
USER 65534:65534
EXPOSE 8080
ENTRYPOINT ["java", "-Xmx32m", "-XX:+UseSerialGC", "-m", "jdk.httpserver", "-b", "0.0.0.0", "-p", "8080", "-d", "/srv/repo"]

FROM ${BASE} AS program
ARG PROGRAM
# Only the firewall's agent needs a program that a JRE's image does not have.
RUN if [ "${PROGRAM}" = iptables ] && ! command -v nft >/dev/null; then \
        apt-get update && apt-get install -y --no-install-recommends nftables \
        && rm -rf /var/lib/apt/lists/*; \
    fi
# The basedirs and the state belong to the account of the agents; volumes begin as these are.
RUN mkdir -p /srv/platypus /var/lib/platypus && chown 10001:10001 /srv/platypus /var/lib/platypus
COPY packaging/compose/healthy /usr/local/bin/healthy
COPY --from=dist /program/all /opt/platypus
COPY --from=dist /program/own /opt/platypus
# A start for practice, the classes of which later starts take as they are.
RUN PLATYPUS_JAVA_OPTS="-XX:AOTCacheOutput=/opt/platypus/lib/program.aot -Dspring.context.exit=onRefresh" \
        /opt/platypus/bin/launch --platypus.state-dir=/tmp/state --platypus.store.directory.path=/tmp/intent \
        >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; \
    rm -rf /tmp/state /tmp/intent /tmp/log
USER 10001:10001
WORKDIR /var/lib/platypus
ENTRYPOINT ["/opt/platypus/bin/launch"]
