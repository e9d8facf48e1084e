/**
 * The contract of every transport: JUnit tests, a topic in each class. The author of a transport
 * writes an interface that starts it and a nested class for each topic:
 *
 * <pre>{@code
 * final class MyTransportTest {
 *
 *     interface Mine extends TransportUnderTest {
 *         @Override
 *         default Transport start(TransportOptions options) {
 *             return new MyTransport(options);
 *         }
 *     }
 *
 *     @Nested final class Connecting extends ConnectingContract implements Mine {}
 *     @Nested final class Bytes extends BytesContract implements Mine {}
 *     @Nested final class Backpressure extends BackpressureContract implements Mine {}
 *     @Nested final class Closing extends ClosingContract implements Mine {}
 *     @Nested final class Errors extends ErrorsContract implements Mine {}
 *     @Nested final class Threading extends ThreadingContract implements Mine {}
 *     @Nested final class SystemEnvironment extends SystemEnvironmentContract implements Mine {}
 *     @Nested final class Rest extends RestContract implements Mine {}
 * }
 * }</pre>
 *
 * <p>A transport that has no sockets and threads of its own leaves the last two out, and says in
 * {@link dev.heartbeat.testkit.contract.TransportUnderTest#await} how time passes in its world. The
 * tests say where the documentation of {@link dev.heartbeat.spi} leaves a choice what the bus
 * relies on; they assert no duration and sleep nowhere.
 *
 * <p>Beyond what the bus relies on, a transport may promise more, and be held to that:
 * {@link dev.heartbeat.testkit.contract.GarbageContract} and {@link
 * dev.heartbeat.testkit.contract.HeartbeatGarbageContract},
 * {@link dev.heartbeat.testkit.contract.ScarcityContract}.
 *
 * <p>They need {@code junit-jupiter-api} and {@code assertj-core}, which the testkit does not bring
 * along.
 */
@NullMarked
package dev.heartbeat.testkit.contract;

import org.jspecify.annotations.NullMarked;
