# The distribution on a Java runtime. Runs as any user, with a read-only root file system and no writable directory at all:
#   docker build -t smokescreen .
#   docker run --read-only -p 4750:4750 -v "$PWD/acl.yaml:/etc/smokescreen/acl.yaml:ro" smokescreen
# .ci/distribution runs the last stage's instructions as they stand here, in a mount namespace instead of a container.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -DskipTests -Djacoco.skip -Dmaven.source.skip -Dmaven.javadoc.skip -pl smokescreen-dist -am package \
 && mkdir /smokescreen \
 && tar -xzf smokescreen-dist/target/smokescreen-*.tar.gz -C /smokescreen --strip-components=1

FROM eclipse-temurin:25-jre
COPY --from=build /smokescreen /opt/smokescreen
COPY --from=build /smokescreen/config /etc/smokescreen
# The first start records the archive of classes that makes later ones fast; from here on it is only read.
ENV XDG_CACHE_HOME=/opt/smokescreen/cache
RUN /opt/smokescreen/bin/smokescreen --version && ls /opt/smokescreen/cache/smokescreen/*.jsa
USER 65532:65532
EXPOSE 4750
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/smokescreen/bin/smokescreen"]
CMD ["--config-file", "/etc/smokescreen/smokescreen.yaml", "--egress-acl-file", "/etc/smokescreen/acl.yaml"]
