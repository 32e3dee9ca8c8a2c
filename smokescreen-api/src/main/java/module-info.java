/** The interfaces an application plugs into Smokescreen, and the immutable values they speak. */
module io.smokescreen.api {
    requires static transitive org.jspecify;

    exports io.smokescreen.api;
}
