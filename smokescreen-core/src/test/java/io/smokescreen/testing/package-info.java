/** What tests share. */
@NullMarked
package io.smokescreen.testing;

import org.jspecify.annotations.NullMarked;
