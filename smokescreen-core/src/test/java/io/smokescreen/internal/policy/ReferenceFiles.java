package io.smokescreen.internal.policy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

/** The sample ACL files of Go's Smokescreen. */
final class ReferenceFiles {

    private ReferenceFiles() {}

    static AclIndex load(String name) {
        return AclFile.read(path(name), Set.of());
    }

    static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(ReferenceFiles.class.getResource("/reference/acl/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
