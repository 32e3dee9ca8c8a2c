/** From a YAML file, which anybody may have written, to values that know where they stand; for ACL files and for the command's own. */
@NullMarked
package io.smokescreen.internal.yaml;

import org.jspecify.annotations.NullMarked;
