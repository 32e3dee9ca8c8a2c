package io.smokescreen.benchmarks.load;

import io.smokescreen.benchmarks.load.Contender.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The rows of the table: what one client does, again and again. */
enum Work {
    /** Opens a tunnel, one round trip of 64 bytes, closes it. */
    CONNECT("connect, 64 B round trip, close", "us/tunnel", 16, 1_000_000, 1) {
        @Override
        Client client(Contender contender, String target) {
            return new Client() {
                @Override
                public void run() throws IOException {
                    try (Connection tunnel = contender.tunnel(target)) {
                        tunnel.write(MESSAGE);
                        tunnel.read(MESSAGE.length);
                    }
                }

                @Override
                public void close() {}
            };
        }
    },

    /** A round trip of 64 bytes inside a tunnel that stays open. */
    ROUND_TRIP("64 B round trip in open tunnels", "us/round trip", 16, 1_000_000, 1) {
        @Override
        Client client(Contender contender, String target) throws IOException {
            return new OnOne(contender.tunnel(target)) {
                @Override
                public void run() throws IOException {
                    connection.write(MESSAGE);
                    connection.read(MESSAGE.length);
                }
            };
        }
    },

    /** Backend to client. */
    DOWNLOAD("download", "s/GB", 4, 1, 1e9 / Work.CHUNK_BYTES) {
        @Override
        Client client(Contender contender, String target) throws IOException {
            return new OnOne(contender.tunnel(target)) {
                @Override
                public void run() throws IOException {
                    connection.write(order(Backend.DOWNLOAD));
                    connection.read(CHUNK_BYTES);
                }
            };
        }
    },

    /** Client to backend. */
    UPLOAD("upload", "s/GB", 4, 1, 1e9 / Work.CHUNK_BYTES) {
        @Override
        Client client(Contender contender, String target) throws IOException {
            byte[] part = new byte[PART_BYTES];
            return new OnOne(contender.tunnel(target)) {
                @Override
                public void run() throws IOException {
                    connection.write(order(Backend.UPLOAD));
                    for (int sent = 0; sent < CHUNK_BYTES; sent += PART_BYTES) {
                        connection.write(part);
                    }
                    connection.read(1);
                }
            };
        }
    },

    /** Plain HTTP through a connection that is kept. */
    HTTP("HTTP GET, keep-alive, 1 KiB", "us/request", 16, 1_000_000, 1) {
        @Override
        Client client(Contender contender, String target) throws IOException {
            byte[] request = contender.get(target);
            return new OnOne(contender.http()) {
                @Override
                public void run() throws IOException {
                    connection.write(request);
                    HttpHead.readOk(connection.in);
                    connection.read(Backend.BODY_BYTES);
                }
            };
        }
    };

    private static final byte[] MESSAGE = new byte[64];
    private static final int PART_BYTES = 256 * 1024;
    private static final int CHUNK_BYTES = 32 * 1024 * 1024;

    final String title;
    final String unit;
    final int clients;
    private final double scale;
    private final double runsPerUnit;

    Work(String title, String unit, int clients, double scale, double runsPerUnit) {
        this.title = title;
        this.unit = unit;
        this.clients = clients;
        this.scale = scale;
        this.runsPerUnit = runsPerUnit;
    }

    abstract Client client(Contender contender, String target) throws IOException;

    /** CPU seconds over a number of runs, in the unit of this row. */
    double perUnit(double cpuSeconds, long runs) {
        return cpuSeconds / runs * runsPerUnit * scale;
    }

    private static byte[] order(int kind) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) kind)
                .putLong(CHUNK_BYTES)
                .array();
    }

    /** One client of a load; used by one thread. */
    interface Client extends AutoCloseable {

        void run() throws IOException;

        @Override
        void close() throws IOException;
    }

    private abstract static class OnOne implements Client {

        final Connection connection;

        OnOne(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
