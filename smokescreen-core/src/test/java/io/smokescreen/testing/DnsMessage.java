package io.smokescreen.testing;

import io.smokescreen.api.Host;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A DNS response under construction, well formed or not (RFC 1035 §4.1). */
public final class DnsMessage {

    /** The server failed. */
    public static final int SERVFAIL = 2;

    /** The name does not exist. */
    public static final int NXDOMAIN = 3;

    /** The server does not want to answer. */
    public static final int REFUSED = 5;

    private static final int HEADER = 12;
    private static final int RESPONSE = 0x8180;
    private static final int TRUNCATED = 0x0200;

    private int id;
    private int flags = RESPONSE;
    private int questions = 1;
    private int answers;
    private int extraAnswers;
    private byte[] question;
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();

    private DnsMessage(int id, byte[] question) {
        this.id = id;
        this.question = question;
    }

    static DnsMessage replyTo(TestDns.Query query) {
        return new DnsMessage(query.id(), question(query.name(), query.type()));
    }

    static TestDns.Query parseQuery(byte[] bytes, InetSocketAddress source, boolean tcp) {
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        while (bytes[at] != 0) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(bytes, at + 1, bytes[at], StandardCharsets.ISO_8859_1));
            at += bytes[at] + 1;
        }
        return new TestDns.Query(
                name.toString().toLowerCase(Locale.ROOT), uint16(bytes, at + 1), uint16(bytes, 0), tcp, source, bytes);
    }

    /** Adds an A or AAAA record. */
    public DnsMessage address(String owner, long ttl, String ip) {
        byte[] data = Host.parse(ip).address().orElseThrow().getAddress();
        return dnsRecord(owner, data.length == 4 ? 1 : 28, ttl, data);
    }

    /** Adds a CNAME record. */
    public DnsMessage cname(String owner, long ttl, String target) {
        return dnsRecord(owner, 5, ttl, name(target));
    }

    /** Adds a record. */
    public DnsMessage dnsRecord(String owner, int type, long ttl, byte[] data) {
        records.writeBytes(name(owner));
        uint16(records, type);
        uint16(records, 1);
        uint16(records, (int) (ttl >>> 16));
        uint16(records, (int) ttl);
        uint16(records, data.length);
        records.writeBytes(data);
        answers++;
        return this;
    }

    /** Adds bytes behind the records. */
    public DnsMessage rawRecord(byte[] bytes) {
        records.writeBytes(bytes);
        answers++;
        return this;
    }

    /** Claims more answers than there are. */
    public DnsMessage claimMoreAnswers(int count) {
        this.extraAnswers = count;
        return this;
    }

    /** Sets the response code. */
    public DnsMessage code(int code) {
        this.flags = (flags & ~0xf) | code;
        return this;
    }

    /** Sets the bit that says the rest did not fit. */
    public DnsMessage truncated() {
        this.flags |= TRUNCATED;
        return this;
    }

    /** Makes it a query instead of a response. */
    public DnsMessage notAResponse() {
        this.flags &= 0x7fff;
        return this;
    }

    /** Changes the id. */
    public DnsMessage wrongId() {
        this.id ^= 0x5555;
        return this;
    }

    /** Answers another question. */
    public DnsMessage question(String name) {
        this.question = question(name, 1);
        return this;
    }

    /** Leaves the question out. */
    public DnsMessage noQuestion() {
        this.question = new byte[0];
        this.questions = 0;
        return this;
    }

    /** Returns the message. */
    public byte[] bytes() {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        uint16(message, id);
        uint16(message, flags);
        uint16(message, questions);
        uint16(message, answers + extraAnswers);
        uint16(message, 0);
        uint16(message, 0);
        message.writeBytes(question);
        message.writeBytes(records.toByteArray());
        return message.toByteArray();
    }

    static byte[] withLength(byte[] message) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        uint16(framed, message.length);
        framed.writeBytes(message);
        return framed.toByteArray();
    }

    /** Returns a name in wire form. */
    public static byte[] name(String text) {
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        for (String label : text.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
            name.write(bytes.length);
            name.writeBytes(bytes);
        }
        name.write(0);
        return name.toByteArray();
    }

    private static byte[] question(String name, int type) {
        ByteArrayOutputStream question = new ByteArrayOutputStream();
        question.writeBytes(name(name));
        uint16(question, type);
        uint16(question, 1);
        return question.toByteArray();
    }

    private static void uint16(ByteArrayOutputStream to, int value) {
        to.write(value >>> 8);
        to.write(value);
    }

    private static int uint16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }
}
