/** JMH benchmarks of what runs for every request: {@code java -jar target/benchmarks.jar}. */
@NullMarked
package io.smokescreen.benchmarks;

import org.jspecify.annotations.NullMarked;
