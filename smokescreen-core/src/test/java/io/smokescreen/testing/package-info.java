/** What the tests of several modules share; published as the test-jar of smokescreen-core, never exported. */
@NullMarked
package io.smokescreen.testing;

import org.jspecify.annotations.NullMarked;
