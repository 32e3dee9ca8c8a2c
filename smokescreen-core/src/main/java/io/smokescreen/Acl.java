package io.smokescreen;

/** The ACL as a YAML file. */
public final class Acl {

    private Acl() {}

    /** To come. */
    public static void fromYaml() {}
}
