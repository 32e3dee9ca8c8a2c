/** Roles and ACLs: the YAML format, the index, and the guards around what the application supplies. */
@NullMarked
package io.smokescreen.internal.policy;

import org.jspecify.annotations.NullMarked;
