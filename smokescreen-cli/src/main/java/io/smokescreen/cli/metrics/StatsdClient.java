package io.smokescreen.cli.metrics;

import com.timgroup.statsd.BufferPool;
import com.timgroup.statsd.NonBlockingStatsDClient;
import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import com.timgroup.statsd.StatsDClientErrorHandler;
import com.timgroup.statsd.StatsDSender;
import com.timgroup.statsd.TagsCardinality;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;

/**
 * Datadog's client, made to send what Go's Smokescreen sends (no telemetry of its own, nothing added up before it is sent, no
 * container id) and to say what became of each measurement.
 */
final class StatsdClient extends NonBlockingStatsDClient {

    private static final String PREFIX = "smokescreen";

    private StatsdClient(NonBlockingStatsDClientBuilder settings) {
        super(settings);
    }

    /**
     * {@return a client that sends; its threads are daemons}
     *
     * @throws com.timgroup.statsd.StatsDClientException if there is no socket to be had
     */
    static StatsdClient open(InetSocketAddress address, StatsdTally tally) {
        Callable<SocketAddress> lookup = () -> address;
        return new StatsdClient(new NonBlockingStatsDClientBuilder()
                .prefix(PREFIX)
                .addressLookup(lookup) // with both of these, and the cardinality, no variable DD_* is looked for
                .telemetryAddressLookup(lookup)
                .tagsCardinality(TagsCardinality.DEFAULT)
                .originDetectionEnabled(false)
                .enableTelemetry(false)
                .enableAggregation(false)
                .queueSize(StatsdTally.MAX_IN_FLIGHT)
                .maxPacketSizeBytes(DEFAULT_UDP_MAX_PACKET_SIZE_BYTES)
                .threadFactory(StatsdClient::daemon)
                .errorHandler(tally));
    }

    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "smokescreen-statsd");
        thread.setDaemon(true);
        return thread;
    }

    /** Called by the constructor above, before there are fields of our own: the tally comes as the handler of errors. */
    @Override
    protected StatsDSender createSender(
            StatsDClientErrorHandler handler,
            WritableByteChannel channel,
            BufferPool pool,
            BlockingQueue<ByteBuffer> buffers,
            int workers,
            ThreadFactory threads)
            throws Exception {
        WritableByteChannel counting = new CountingChannel(channel, (StatsdTally) handler);
        return super.createSender(handler, counting, pool, buffers, workers, threads);
    }

    /** Tells the tally of the lines in each packet; the client ends each with a newline, which no tag value has. */
    private record CountingChannel(WritableByteChannel socket, StatsdTally tally) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer packet) throws IOException {
            int lines = lines(packet);
            try {
                int written = socket.write(packet);
                tally.sent(lines);
                return written;
            } catch (IOException e) {
                tally.lost(lines);
                throw e;
            } catch (RuntimeException e) { // such as an address family that this machine has not
                tally.lost(lines);
                throw new IOException(e);
            }
        }

        @Override
        public boolean isOpen() {
            return socket.isOpen();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        private static int lines(ByteBuffer packet) {
            int lines = 0;
            for (int i = packet.position(); i < packet.limit(); i++) {
                if (packet.get(i) == '\n') {
                    lines++;
                }
            }
            return lines;
        }
    }
}
