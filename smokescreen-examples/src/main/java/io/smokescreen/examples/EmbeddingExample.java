package io.smokescreen.examples;

import io.smokescreen.Acl;
import io.smokescreen.Roles;
import io.smokescreen.Smokescreen;
import java.nio.file.Path;

/** How do I run the proxy inside my application? The README quotes this. */
public final class EmbeddingExample {

    private EmbeddingExample() {}

    /**
     * Starts a proxy, asks it for a decision and stops it.
     *
     * @param arguments the ACL file
     */
    public static void main(String[] arguments) {
        // README: from here
        try (Smokescreen proxy = Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .roleExtractor(request -> request.certificate().flatMap(Roles::organizationalUnit))
                .aclPolicy(Acl.fromYaml(Path.of(arguments[0])))
                .start()) {
            System.out.println("HTTPS_PROXY=http:/" + proxy.address());
            System.out.println(proxy.policy().check("payments", "api.example.com", 443));
        }
        // README: to here
    }
}
